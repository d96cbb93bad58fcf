#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace heptap {

/// All addresses that begin with the same bits.
struct AddressPrefix {
  std::array<std::uint8_t, 16> octets{};  ///< network order; IPv4 in the first four; else 0
  bool is_v6 = false;
  std::uint8_t bits = 0;  ///< 0 to 32, or to 128

  bool operator==(const AddressPrefix&) const = default;
};

using AddressPrefixes = std::vector<AddressPrefix>;

/// Reads "192.0.2.0/24", "2001:db8::/32", an address alone, or several of them with commas between,
/// blanks around each allowed. What an address has beyond its bits is left out.
/// gives     an empty text when `in` is right and `prefixes` is set; else what is wrong with it, in a
///           few words that follow the quoted value, and `prefixes` is untouched
/// source    RFC 4632 section 3.1, RFC 4291 section 2.3
[[nodiscard]] std::string parse_prefixes(std::string_view in, AddressPrefixes& prefixes);

/// gives     "192.0.2.0/24"
[[nodiscard]] std::string to_string(const AddressPrefix& prefix);

}  // namespace heptap
