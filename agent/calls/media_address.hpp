#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "proto/hash.hpp"
#include "proto/net/address.hpp"

namespace heptap {

/// Where media are received or sent from; or, with port 0, an SSRC of a host.
struct MediaAddress {
  IpAddress ip;
  std::uint16_t port = 0;
  std::uint32_t ssrc = 0;

  friend bool operator==(const MediaAddress&, const MediaAddress&) = default;

  [[nodiscard]] std::uint64_t hash(std::uint64_t seed) const noexcept {
    const std::uint64_t rest = std::uint64_t{ssrc} << 16U | port;
    return hash_parts::fold(hash_addresses(ip, IpAddress{}, seed), rest ^ hash_parts::key_d ^ seed);
  }
  /// 0.0.0.0 and ::, which say that nothing shall be sent (RFC 3264 section 8.4).
  [[nodiscard]] bool is_unspecified() const noexcept {
    return std::all_of(ip.octets.begin(), ip.octets.end(), [](std::uint8_t o) { return o == 0; });
  }
};

/// octets    of SDP: 4 or 16. An IPv4 address that is written as IPv6 is what packets have, IPv4.
[[nodiscard]] inline MediaAddress media_address(Bytes octets, std::uint16_t port) noexcept {
  constexpr std::array<std::uint8_t, 12> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  const bool is_mapped =
      octets.size() == 16 && std::equal(mapped.begin(), mapped.end(), octets.begin());
  return {.ip = IpAddress::from(is_mapped ? octets.subspan(12) : octets), .port = port};
}

}  // namespace heptap
