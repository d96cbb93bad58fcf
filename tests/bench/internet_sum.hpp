#pragma once

#include <cstdint>

#include "proto/bytes.hpp"

namespace heptap::bench {

/// The sum over a run of bytes of even length, or the last of several runs.
/// source    RFC 1071
[[nodiscard]] inline std::uint64_t internet_sum(Bytes run) noexcept {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < run.size(); ++i) {
    sum += std::uint64_t{run[i]} << (i % 2 == 0 ? 8U : 0U);
  }
  return sum;
}

/// gives     whether the sum is that of something that holds its right checksum
[[nodiscard]] constexpr bool is_all_ones(std::uint64_t sum) noexcept {
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16U);
  return sum == 0xffff;
}

/// Of an Ethernet frame with IPv4: gives whether the checksum of the IP header is right.
[[nodiscard]] inline bool is_header_right(Bytes frame) noexcept {
  return is_all_ones(internet_sum(frame.subspan(14, 20)));
}

/// gives     whether the checksum is right in what such a frame, or all its fragments, hold
[[nodiscard]] inline bool is_transport_right(Bytes frame, Bytes transport) noexcept {
  const Bytes addresses = frame.subspan(26, 8);
  const std::uint8_t protocol = frame[23];
  return is_all_ones(internet_sum(transport) + internet_sum(addresses) + protocol +
                     transport.size());
}

}  // namespace heptap::bench
