#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "proto/net/address.hpp"
#include "proto/result.hpp"

namespace heptap {

/// Which carrier an address is of, by the longest prefix that holds it. Filled at the start, then only
/// asked; bounded, since each carrier has counters of its own.
class CarrierMap {
 public:
  static constexpr std::size_t max_carriers = 64;
  static constexpr std::size_t max_prefixes = 4096;
  static constexpr std::uint16_t default_carrier = 0;

  /// carrier   a name; one that is known gets one more prefix
  /// length    bits; what is beyond them in `address` does not matter
  /// errors    malformed: more bits than the address has; over_limit: too many carriers or prefixes
  [[nodiscard]] Errc add(std::string_view carrier, const IpAddress& address, unsigned length);

  /// gives     the carrier's number, default_carrier when no prefix holds the address. The last of two
  ///           equal prefixes counts.
  [[nodiscard]] std::uint16_t find(const IpAddress& address) const noexcept;

  /// gives     names by number; the first is "default"
  [[nodiscard]] const std::vector<std::string>& names() const noexcept { return names_; }

 private:
  struct Prefix {
    IpAddress address;
    std::uint16_t carrier;
  };
  /// All prefixes of one length and family, by address.
  struct Length {
    unsigned bits;
    IpFamily family;
    std::vector<Prefix> prefixes;
  };

  [[nodiscard]] std::vector<Prefix>& prefixes_of(IpFamily family, unsigned bits);
  [[nodiscard]] std::uint16_t number_of(std::string_view carrier);

  std::vector<std::string> names_{"default"};
  std::vector<Length> lengths_;  // the longest first
  std::size_t prefix_count_ = 0;
};

}  // namespace heptap
