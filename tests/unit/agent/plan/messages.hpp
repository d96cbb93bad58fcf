#pragma once

#include <array>
#include <catch2/catch.hpp>
#include <string_view>

#include "agent/plan/subject.hpp"
#include "proto/hash.hpp"

namespace heptap::test {

inline constexpr std::string_view invite =
    "INVITE sip:bob@example.com SIP/2.0\r\n"
    "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\n"
    "Call-ID: a84b4c76e66710\r\n"
    "CSeq: 314159 INVITE\r\n"
    "X-Tenant: blue\r\n"
    "X-Tenant: green\r\n"
    "\r\n";
inline constexpr std::string_view busy =
    "SIP/2.0 486 Busy Here\r\n"
    "Call-ID: a84b4c76e66710\r\n"
    "CSeq: 314159 INVITE\r\n"
    "\r\n";
inline constexpr std::string_view options =
    "OPTIONS sip:bob@example.com SIP/2.0\r\n"
    "Call-ID: keepalive\r\n"
    "CSeq: 1 OPTIONS\r\n"
    "\r\n";

/// A message from 192.0.2.1:5060 to 198.51.100.7:5080, as a plan sees it.
struct PlanMessage {
  explicit PlanMessage(std::string_view text) {
    REQUIRE(parse_sip(as_bytes(text), sip) == Errc::none);
    packet.source = IpAddress::from(Bytes(std::array<std::uint8_t, 4>{192, 0, 2, 1}));
    packet.destination = IpAddress::from(Bytes(std::array<std::uint8_t, 4>{198, 51, 100, 7}));
    packet.source_port = 5060;
    packet.destination_port = 5080;
    packet.ip_protocol = ip_protocol_udp;
    packet.payload = as_bytes(text);
    subject.kind = sip.is_request() ? SubjectKind::sip_request : SubjectKind::sip_response;
    subject.packet = &packet;
    subject.sip = &sip;
    subject.call_id = sip.call_id();
    subject.call_hash = TextHash{1}(sip.call_id());
    subject.time_us = 1'700'000'000'000'000;
  }
  PlanMessage(const PlanMessage&) = delete;
  PlanMessage& operator=(const PlanMessage&) = delete;

  Packet packet;
  SipView sip;
  PlanSubject subject;
};

}  // namespace heptap::test
