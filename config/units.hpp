#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace heptap {

struct Unit {
  std::string_view suffix;
  std::uint64_t factor;
};

// Largest first: the first that divides is the one to print.
inline constexpr std::array<Unit, 5> size_units{{{"TiB", 1ULL << 40U},
                                                 {"GiB", 1ULL << 30U},
                                                 {"MiB", 1ULL << 20U},
                                                 {"KiB", 1ULL << 10U},
                                                 {"", 1}}};
inline constexpr std::array<Unit, 4> duration_units{
    {{"h", 3'600'000}, {"m", 60'000}, {"s", 1000}, {"ms", 1}}};

/// A number and what follows it.
struct Quantity {
  std::uint64_t count = 0;
  std::string_view unit;
};

/// gives     a number too large to hold as the largest there is; nothing: it is no number, or negative
[[nodiscard]] std::optional<Quantity> parse_quantity(std::string_view text);

/// gives     "64KiB", "6MiB", "1000": the largest unit that loses nothing
[[nodiscard]] std::string size_text(std::uint64_t bytes);

/// gives     "500ms", "30s", "5m", "1h", "0s"
[[nodiscard]] std::string duration_text(std::uint64_t milliseconds);

}  // namespace heptap
