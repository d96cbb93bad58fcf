#include "config/ports.hpp"

#include <algorithm>
#include <charconv>

#include "config/text.hpp"

namespace heptap {
namespace {

constexpr std::uint32_t least_port = 1;
constexpr std::uint32_t most_port = 65'535;

// Takes a number off `text`. One that is too large to hold is as large as no port is.
bool take_number(std::string_view& text, std::uint32_t& number) {
  const auto* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error == std::errc::invalid_argument) return false;
  if (error == std::errc::result_out_of_range) number = most_port + 1;
  text = {stop, static_cast<std::size_t>(end - stop)};
  return true;
}

std::string parse_range(std::string_view text, PortRange& range) {
  constexpr const char* neither = "is neither a port nor a range of ports";
  std::uint32_t first = 0;
  if (!take_number(text, first)) return neither;
  std::uint32_t last = first;
  if (text.starts_with('-')) {
    text.remove_prefix(1);
    if (!take_number(text, last)) return neither;
  }
  if (!text.empty()) return neither;
  if (std::min(first, last) < least_port || std::max(first, last) > most_port) {
    return "has a port that cannot be";
  }
  if (last < first) return "ends before it starts";
  range = {static_cast<std::uint16_t>(first), static_cast<std::uint16_t>(last)};
  return {};
}

// Sorts, and joins what overlaps or follows without a gap.
PortRanges joined(PortRanges ranges) {
  std::sort(ranges.begin(), ranges.end(),
            [](const PortRange& a, const PortRange& b) { return a.first < b.first; });
  PortRanges out;
  for (const PortRange& range : ranges) {
    if (out.empty() || range.first > std::uint32_t{out.back().last} + 1) {
      out.push_back(range);
    } else {
      out.back().last = std::max(out.back().last, range.last);
    }
  }
  return out;
}

}  // namespace

std::string parse_ports(std::string_view in, PortRanges& ports) {
  PortRanges ranges;
  std::string fault = take_items(
      in, [&](std::string_view item) { return parse_range(item, ranges.emplace_back()); });
  if (fault.empty()) ports = joined(std::move(ranges));
  return fault;
}

}  // namespace heptap
