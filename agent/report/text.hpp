#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace heptap {

/// gives     12345678 as "12,345,678"
[[nodiscard]] std::string grouped(std::uint64_t value);

/// Makes text from the wire fit for a terminal: control bytes, DEL and invalid UTF-8 become `.`.
[[nodiscard]] std::string one_line(std::string_view in);

/// gives     one_line(in), cut to `width` characters with `…` for its end when longer
[[nodiscard]] std::string fitted(std::string_view in, std::size_t width);

/// gives     valid UTF-8: each invalid byte becomes U+FFFD. For JSON.
[[nodiscard]] std::string valid_utf8(std::string_view in);

/// gives     "2026-11-21 04:30:00.123456", UTC
[[nodiscard]] std::string utc_time(std::int64_t time_us);

/// gives     "1.5s", "2m03s", "1h00m07s"
[[nodiscard]] std::string talk_time_text(std::int64_t duration_us);

}  // namespace heptap
