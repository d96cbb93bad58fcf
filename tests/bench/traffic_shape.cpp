#include "tests/bench/traffic_shape.hpp"

#include <utility>

#include "proto/net/packet.hpp"

namespace heptap::bench {
namespace {

constexpr Flow tunnel_ends{0xc612fe01, 0xc612fe02};  // 198.18.254.1 and .2
constexpr std::uint16_t vlan_id = 100;
constexpr std::uint32_t vxlan_network = 5000;
constexpr std::uint16_t vxlan_port = 4789;
constexpr std::uint16_t first_dynamic_port = 49'152;  // of 16384

// Spreads the flows inside over the paths between the ends of the tunnel.
// source    RFC 7348 section 5
std::uint16_t vxlan_source_port(Flow inside) noexcept {
  const std::uint32_t hash = (inside.source ^ (inside.destination << 8U)) * 0x9e3779b1U;
  return static_cast<std::uint16_t>(first_dynamic_port + (hash >> 18U));
}

PacketBytes vxlan_datagram(Flow inside, Bytes frame) {
  PacketBytes datagram(udp_bytes + 8 + frame.size());
  ByteWriter out(datagram);
  out.be16(vxlan_source_port(inside));
  out.be16(vxlan_port);
  out.be16(static_cast<std::uint16_t>(datagram.size()));
  out.be16(0);  // no checksum, as section 5 wants it
  out.be32(0x08000000);
  out.be32(vxlan_network << 8U);
  out.bytes(frame);
  return datagram;
}

void add_vxlan(const CallMessage& message, std::uint16_t id, FrameQueue& out) {
  const Ipv4Fields fields{.flow = tunnel_ends, .protocol = ip_protocol_udp, .id = id};
  const PacketBytes datagram = vxlan_datagram(message.flow, plain_frame(message));
  out.add(message.time_us, with_vlan_tag(ipv4_frame(fields, datagram), vlan_id));
}

// How long after the first fragment the second comes: mostly next to it on the wire, now and then
// so late that other messages pass between them.
std::int64_t fragment_gap_us(std::uint16_t id) noexcept {
  return id % 16 == 0 ? 1000 + id % 3000 : 3 + id % 8;
}

void add_fragments(const CallMessage& message, std::uint16_t id, FrameQueue& out) {
  auto [first, second] = fragment_frames(message, id);
  out.add(message.time_us, std::move(first));
  out.add(message.time_us + fragment_gap_us(id), std::move(second));
}

}  // namespace

bool ShapedTraffic::next(RawFrame& out) {
  // What a later message adds is never earlier than that message.
  while (taken_ < message_count_ && !frames_.has_until(now_us_)) take_message();
  if (frames_.empty()) return false;
  out = frames_.next();
  return true;
}

void ShapedTraffic::take_message() {
  const CallMessage message = traffic_.next_message();
  const auto id = static_cast<std::uint16_t>(taken_++);
  now_us_ = message.time_us;
  switch (shape_) {
    case Shape::plain: frames_.add(now_us_, plain_frame(message)); break;
    case Shape::vxlan: add_vxlan(message, id, frames_); break;
    case Shape::fragments: add_fragments(message, id, frames_); break;
    case Shape::tcp: trunks_.write(message); break;
  }
  if (taken_ == message_count_) trunks_.close(now_us_);
}

}  // namespace heptap::bench
