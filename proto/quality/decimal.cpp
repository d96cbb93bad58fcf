#include "proto/quality/decimal.hpp"

#include <algorithm>
#include <charconv>
#include <system_error>

#include "proto/sip/chars.hpp"

namespace heptap {

Result<double> parse_decimal(std::string_view text) noexcept {
  const bool is_negative = text.starts_with('-');
  const std::string_view unsigned_text = text.substr(is_negative || text.starts_with('+') ? 1 : 0);
  const auto is_part = [](char c) { return sip_chars::is_digit(c) || c == '.'; };
  if (!std::all_of(unsigned_text.begin(), unsigned_text.end(), is_part)) return Errc::malformed;
  const char* const end = text.data() + text.size();
  double value = 0;
  const auto [stop, error] = std::from_chars(unsigned_text.data(), end, value);
  if (error != std::errc{} || stop != end) return Errc::malformed;
  return is_negative ? -value : value;
}

}  // namespace heptap
