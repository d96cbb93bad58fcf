#pragma once

#include <cstdint>
#include <string>

#include "proto/net/packet.hpp"

namespace heptap::test {

/// One message of a call, as few words as can say it.
struct CallMessage {
  std::int64_t time_ms = 0;
  bool from_caller = true;
  int status = 0;  ///< 0: a request
  std::string method = {};
  std::uint32_t cseq = 1;
  std::string branch = {};
  std::string from_tag = "a";
  std::string to_tag = {};
  std::string headers = {};  ///< more of them, with line ends
  int vias = 1;
  std::uint8_t hop = 0;  ///< where in the network: other addresses
  std::string call_id = "c1";
  std::string body = {};
  std::uint16_t ip_identification = 0;
};

inline std::string tag_param(const std::string& tag) { return tag.empty() ? "" : ";tag=" + tag; }

inline std::string text_of(const CallMessage& m) {
  const std::string number = std::to_string(m.cseq);
  std::string out = m.status == 0 ? m.method + " sip:bob@example.com SIP/2.0\r\n"
                                  : "SIP/2.0 " + std::to_string(m.status) + " Reason\r\n";
  out += "Via: SIP/2.0/UDP 192.0.2.10:5060;branch=" + m.branch + "\r\n";
  for (int via = 1; via < m.vias; ++via) {
    out += "Via: SIP/2.0/UDP 192.0.2.99;branch=z9hG4bKbelow" + std::to_string(via) + "\r\n";
  }
  return out + "From: <sip:alice@example.com>" + tag_param(m.from_tag) +
         "\r\nTo: <sip:bob@example.com>" + tag_param(m.to_tag) + "\r\nCall-ID: " + m.call_id +
         "\r\nCSeq: " + number + " " + m.method + "\r\n" + m.headers +
         "Content-Length: " + std::to_string(m.body.size()) + "\r\n\r\n" + m.body;
}

inline Packet packet_of(const CallMessage& m) {
  Packet out;
  const auto side = [&](std::uint8_t last) {
    const std::uint8_t octets[] = {192, 0, static_cast<std::uint8_t>(2 + m.hop), last};
    return IpAddress::from(octets);
  };
  out.source = side(m.from_caller ? 10 : 20);
  out.destination = side(m.from_caller ? 20 : 10);
  out.source_port = out.destination_port = 5060;
  out.ip_protocol = ip_protocol_udp;
  out.ip_identification = m.ip_identification;
  return out;
}

}  // namespace heptap::test
