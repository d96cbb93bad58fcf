#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace heptap {

/// Ports from first to last, both included.
struct PortRange {
  std::uint16_t first = 0;
  std::uint16_t last = 0;

  bool operator==(const PortRange&) const = default;
};

/// Some ports: ranges in ascending order, with at least one port between two of them.
using PortRanges = std::vector<PortRange>;

/// Reads "5060", "5060-5091" or several of them with commas between, blanks around each allowed.
/// They may overlap and come in any order.
/// gives     an empty text when `in` is right and `ports` is set; else what is wrong with it, in a
///           few words that follow the quoted value, and `ports` is untouched
[[nodiscard]] std::string parse_ports(std::string_view in, PortRanges& ports);

}  // namespace heptap
