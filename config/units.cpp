#include "config/units.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <system_error>

namespace heptap {
namespace {

std::string with_unit(std::uint64_t value, std::span<const Unit> units, const Unit& for_zero) {
  const auto unit = value == 0 ? units.end()
                               : std::find_if(units.begin(), units.end(),
                                              [&](const Unit& u) { return value % u.factor == 0; });
  const Unit& best = unit == units.end() ? for_zero : *unit;
  return std::to_string(value / best.factor) + std::string{best.suffix};
}

}  // namespace

std::optional<Quantity> parse_quantity(std::string_view text) {
  const auto* const end = text.data() + text.size();
  Quantity q;
  const auto [stop, error] = std::from_chars(text.data(), end, q.count);
  if (error == std::errc::invalid_argument) return std::nullopt;
  if (error == std::errc::result_out_of_range) q.count = std::numeric_limits<std::uint64_t>::max();
  q.unit = {stop, static_cast<std::size_t>(end - stop)};
  return q;
}

std::string size_text(std::uint64_t bytes) {
  return with_unit(bytes, size_units, size_units.back());
}

std::string duration_text(std::uint64_t milliseconds) {
  return with_unit(milliseconds, duration_units, duration_units[2]);
}

}  // namespace heptap
