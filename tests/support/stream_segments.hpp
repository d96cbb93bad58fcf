#pragma once

#include <cstdint>
#include <string_view>

#include "proto/net/packet.hpp"
#include "tests/support/frame_builder.hpp"
#include "tests/support/tcp_segment.hpp"

namespace heptap::test {

/// One direction of a TCP connection, from 192.0.2.10 to 198.51.100.20: gives its segments in order,
/// and a test brings them into another.
/// lifetime  of a segment: that of the text in it
class SegmentSender {
 public:
  explicit SegmentSender(std::uint16_t source_port = 40'000, std::uint16_t destination_port = 5060,
                         std::uint32_t first_sequence = 1000)
      : source_port_(source_port), destination_port_(destination_port), sequence_(first_sequence) {}

  Packet syn() { return next({}, tcp_flag::syn, 1); }
  Packet data(std::string_view payload) { return next(payload, tcp_flag::ack, payload.size()); }
  Packet data(Bytes payload) { return data(as_text(payload)); }
  Packet fin() { return next({}, tcp_flag::fin | tcp_flag::ack, 1); }
  Packet rst() { return next({}, tcp_flag::rst, 0); }
  /// Bytes that are sent, and that nobody captures.
  void skip(std::size_t bytes) { sequence_ += static_cast<std::uint32_t>(bytes); }

 private:
  Packet next(std::string_view payload, std::uint8_t flags, std::size_t step) {
    Packet out = segment(sequence_, payload, flags, source_port_);
    out.destination_port = destination_port_;
    skip(step);
    return out;
  }

  std::uint16_t source_port_;
  std::uint16_t destination_port_;
  std::uint32_t sequence_;
};

/// gives     the segment as a captured frame. Its addresses are those of SegmentSender.
inline Frame tcp_frame(const Packet& segment) {
  Frame head;
  put16(head, segment.source_port);
  put16(head, segment.destination_port);
  put16(head, segment.tcp_sequence >> 16U);
  put16(head, segment.tcp_sequence);
  put16(head, 0);  // acknowledgment
  put16(head, 0);
  head.push_back(0x50);  // five words
  head.push_back(segment.tcp_flags);
  put16(head, 0xffff);  // window
  put16(head, 0);       // checksum
  put16(head, 0);       // urgent pointer
  const Frame payload(segment.payload.begin(), segment.payload.end());
  return ethernet(ipv4(joined(head, payload), ip_protocol_tcp));
}

}  // namespace heptap::test
