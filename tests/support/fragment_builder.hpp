#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "tests/support/test_random.hpp"
#include "tests/support/tunnel_builder.hpp"

namespace heptap::test {

inline bool is_v6_packet(const Frame& packet) { return packet.front() >> 4U == 6; }
inline std::size_t ip_header_bytes(const Frame& packet) { return is_v6_packet(packet) ? 40 : 20; }
inline std::size_t ip_payload_bytes(const Frame& packet) {
  return packet.size() - ip_header_bytes(packet);
}

/// A fragment of an IP packet without extension headers.
/// from, to  places in its payload; from is a multiple of eight
inline Frame fragment_of(const Frame& packet, std::size_t from, std::size_t to,
                         std::uint32_t identification) {
  const auto payload = packet.begin() + static_cast<std::ptrdiff_t>(ip_header_bytes(packet));
  const Frame part(payload + static_cast<std::ptrdiff_t>(from),
                   payload + static_cast<std::ptrdiff_t>(to));
  const bool more = to < ip_payload_bytes(packet);
  if (!is_v6_packet(packet)) {
    const auto field = static_cast<std::uint16_t>(from / 8 | (more ? 0x2000U : 0U));
    Frame number;
    put16(number, identification);
    const Frame whole = put_over(ipv4(part, packet[9], field), 4, number);
    return put_over(whole, 12, {packet.begin() + 12, packet.begin() + 20});
  }
  Frame head{packet[6], 0};
  put16(head, from | (more ? 1U : 0U));
  put16(head, identification >> 16U);
  put16(head, identification & 0xffffU);
  return put_over(ipv6(joined(head, part), 44), 8, {packet.begin() + 8, packet.begin() + 40});
}

/// The packet in fragments of random sizes, in order.
template <class Random>
[[nodiscard]] std::vector<Frame> fragments_of(const Frame& packet, std::size_t max_bytes,
                                              std::uint32_t identification, Random& random) {
  std::vector<Frame> out;
  const std::size_t end = ip_payload_bytes(packet);
  for (std::size_t from = 0; from < end;) {
    const std::size_t to = std::min(end, from + 8 * (1 + below(random, max_bytes / 8)));
    out.push_back(fragment_of(packet, from, to, identification));
    from = to;
  }
  return out;
}

/// The same in any order, some of them twice.
template <class Random>
[[nodiscard]] std::vector<Frame> mixed(std::vector<Frame> frames, Random& random) {
  const std::size_t count = frames.size();
  for (std::size_t i = 0; i < count; ++i) {
    if (below(random, 4) == 0) frames.push_back(frames[i]);
  }
  std::shuffle(frames.begin(), frames.end(), random);
  return frames;
}

}  // namespace heptap::test
