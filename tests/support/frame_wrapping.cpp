#include "tests/support/frame_wrapping.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "tests/bench/internet_sum.hpp"
#include "tests/support/tunnel_builder.hpp"

namespace heptap::test {
namespace {

constexpr std::size_t addresses_bytes = 12;
constexpr std::size_t ethernet_bytes = 14;
constexpr std::size_t ipv4_header_bytes = 20;
constexpr std::uint16_t ethertype_ipv4 = 0x0800;
constexpr std::uint16_t ethertype_ipv6 = 0x86dd;
constexpr std::uint16_t customer_tag = 0x8100;
constexpr std::uint16_t service_tag = 0x88a8;
constexpr std::uint16_t transparent_ethernet = 0x6558;
constexpr std::uint16_t erspan_ii = 0x88be;
constexpr std::uint16_t erspan_iii = 0x22eb;
constexpr unsigned with_sequence = 0x1000;
constexpr unsigned ethernet_frame = 0x8000;
constexpr std::uint16_t customer = 42;
constexpr std::uint16_t service = 7;

using MaybeFrame = std::optional<Frame>;

std::uint16_t ethertype_of(const Frame& frame) noexcept {
  return static_cast<std::uint16_t>(frame[12] << 8U | frame[13]);
}

bool is_ip(const Frame& frame) noexcept {
  return ethertype_of(frame) == ethertype_ipv4 || ethertype_of(frame) == ethertype_ipv6;
}

Frame packet_of(const Frame& frame) { return {frame.begin() + ethernet_bytes, frame.end()}; }

// The builder leaves the checksum 0: nobody in the unit tests looks at it.
Frame with_header_checksum(Frame packet) {
  std::uint64_t sum = bench::internet_sum(Bytes{packet}.first(ipv4_header_bytes));
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16U);
  Frame field;
  put16(field, ~sum & 0xffff);
  return put_over(std::move(packet), 10, field);
}

Frame on_wire(const Frame& payload, std::uint8_t protocol) {
  return ethernet(with_header_checksum(outer_ipv4(payload, protocol)));
}

Frame in_gre(unsigned flags, std::uint16_t kind, const Frame& payload) {
  return on_wire(gre(flags, kind, payload), 47);
}

Frame in_datagram(std::uint16_t port, const Frame& payload) {
  return on_wire(udp(payload, 50000, port), 17);
}

MaybeFrame vlan(const Frame& frame) { return tagged(frame, customer_tag, customer); }

MaybeFrame qinq(const Frame& frame) {
  return tagged(tagged(frame, customer_tag, customer), service_tag, service);
}

MaybeFrame gre_ip(const Frame& frame) {
  if (!is_ip(frame)) return {};
  return in_gre(0, ethertype_of(frame), packet_of(frame));
}

MaybeFrame gre_teb(const Frame& frame) { return in_gre(0, transparent_ethernet, frame); }

MaybeFrame erspan_1(const Frame& frame) { return in_gre(0, erspan_ii, frame); }

MaybeFrame erspan_type_2(const Frame& frame) {
  return in_gre(with_sequence, erspan_ii, erspan_2(customer, frame));
}

MaybeFrame erspan_type_3(const Frame& frame) {
  return in_gre(with_sequence, erspan_iii, erspan_3(customer, ethernet_frame, frame));
}

MaybeFrame in_geneve(const Frame& frame) {
  static const Frame option = from_hex("01020101 0a0b0c0d");
  return in_datagram(6081, geneve(transparent_ethernet, frame, option));
}

MaybeFrame in_vxlan(const Frame& frame) { return in_datagram(4789, vxlan(frame)); }

MaybeFrame ipip(const Frame& frame) {
  if (!is_ip(frame)) return {};
  return on_wire(packet_of(frame), ethertype_of(frame) == ethertype_ipv4 ? 4 : 41);
}

constexpr std::array wrappings{
    Wrapping{"vlan", vlan},
    Wrapping{"qinq", qinq},
    Wrapping{"gre", gre_ip},
    Wrapping{"gre-teb", gre_teb},
    Wrapping{"erspan-1", erspan_1},
    Wrapping{"erspan-2", erspan_type_2},
    Wrapping{"erspan-3", erspan_type_3},
    Wrapping{"geneve", in_geneve},
    Wrapping{"vxlan", in_vxlan},
    Wrapping{"ipip", ipip},
};

}  // namespace

const Wrapping* find_wrapping(std::string_view name) noexcept {
  const auto* const found = std::find_if(wrappings.begin(), wrappings.end(),
                                         [&](const Wrapping& one) { return one.name == name; });
  return found == wrappings.end() ? nullptr : found;
}

std::vector<std::string> wrapping_names() {
  std::vector<std::string> names;
  names.reserve(wrappings.size());
  for (const Wrapping& one : wrappings) names.emplace_back(one.name);
  return names;
}

std::optional<Frame> wrapped(const std::vector<const Wrapping*>& wrappings_in_turn, Frame frame) {
  for (const Wrapping* const one : wrappings_in_turn) {
    if (frame.size() < ethernet_bytes) return {};
    std::optional<Frame> around = one->around(frame);
    if (!around) return {};
    frame = std::move(*around);
  }
  return frame;
}

Frame tagged(Frame frame, std::uint16_t protocol, std::uint16_t tci) {
  Frame tag;
  put16(tag, protocol);
  put16(tag, tci);
  frame.insert(frame.begin() + addresses_bytes, tag.begin(), tag.end());
  return frame;
}

}  // namespace heptap::test
