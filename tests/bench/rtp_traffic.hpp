#pragma once

#include <array>
#include <cstdlib>
#include <string>

#include "agent/calls/media_calls.hpp"
#include "proto/net/packet.hpp"
#include "proto/sip/message.hpp"

namespace heptap::bench {

/// Calls that have been answered, and a packet of each of their streams in turn, 50 a second by packet
/// time; whose turn it is jumps through memory as it does in life.
class RtpTraffic {
 public:
  RtpTraffic(std::size_t calls, MediaCalls& media) : streams_(2 * calls) {
    packet_.ip_protocol = ip_protocol_udp;
    packet_.payload = rtp_;
    rtp_[0] = 0x80;
    for (std::size_t call = 0; call < calls; ++call) describe(call, media);
  }

  [[nodiscard]] const Packet& next() noexcept {
    const std::uint64_t round = count_ / streams_;
    const auto stream = static_cast<std::uint32_t>(count_ * stride % streams_);
    ++count_;
    set_ends(stream / 2, stream % 2 != 0);
    put(2, static_cast<std::uint32_t>(round << 16U), 2);
    put(4, static_cast<std::uint32_t>(round * 160), 4);
    put(8, stream, 4);
    return packet_;
  }
  [[nodiscard]] std::int64_t time_us() const noexcept {
    constexpr std::uint64_t packet_us = 20'000;
    return static_cast<std::int64_t>(1'700'000'000'000'000 + count_ * packet_us / streams_);
  }

 private:
  static constexpr std::uint64_t stride = 123'457;  // coprime with any number of streams used here
  static constexpr std::uint16_t caller_port = 20'000;
  static constexpr std::uint16_t callee_port = 30'000;

  static IpAddress address(std::uint8_t net, std::size_t call) noexcept {
    return IpAddress::from(std::array<std::uint8_t, 4>{net, static_cast<std::uint8_t>(call >> 16U),
                                                       static_cast<std::uint8_t>(call >> 8U),
                                                       static_cast<std::uint8_t>(call)});
  }
  void set_ends(std::size_t call, bool is_callee) noexcept {
    packet_.source = address(is_callee ? 11 : 10, call);
    packet_.destination = address(is_callee ? 10 : 11, call);
    packet_.source_port = is_callee ? callee_port : caller_port;
    packet_.destination_port = is_callee ? caller_port : callee_port;
  }
  void put(std::size_t at, std::uint32_t value, std::size_t size) noexcept {
    for (std::size_t i = 0; i < size; ++i) {
      rtp_[at + i] = static_cast<std::uint8_t>(value >> (24U - 8U * i));
    }
  }
  void describe(std::size_t call, MediaCalls& media) {
    const auto say = [&](const std::string& start, std::uint8_t net, std::uint16_t port) {
      const std::string host = std::to_string(net) + "." + std::to_string(call >> 16U) + "." +
                               std::to_string(call >> 8U & 0xffU) + "." +
                               std::to_string(call & 0xffU);
      const std::string id = std::to_string(call);
      const std::string text = start + "From: <sip:a@x>;tag=a\r\nTo: <sip:b@x>" +
                               (net == 11 ? ";tag=b" : "") + "\r\nCall-ID: " + id +
                               "@bench\r\nCSeq: 1 INVITE\r\nContent-Type: application/sdp" +
                               "\r\n\r\nv=0\r\nc=IN IP4 " + host + "\r\nt=0 0\r\nm=audio " +
                               std::to_string(port) + " RTP/AVP 8\r\n";
      if (parse_sip(as_bytes(text), sip_) != Errc::none) std::abort();
      media.learn(TextHash(1)(id), sip_, packet_, time_us(), sdp_);
    };
    say("INVITE sip:b@x SIP/2.0\r\n", 10, caller_port);
    say("SIP/2.0 200 OK\r\n", 11, callee_port);
  }

  std::uint64_t streams_;
  std::uint64_t count_ = 0;
  std::array<std::uint8_t, 172> rtp_{};
  Packet packet_;
  SipView sip_;
  SdpView sdp_;
};

}  // namespace heptap::bench
