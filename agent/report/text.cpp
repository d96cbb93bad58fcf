#include "agent/report/text.hpp"

#include <array>
#include <cstdio>
#include <ctime>

#include "proto/hep/text.hpp"

namespace heptap {
namespace {

// Copies `in` character by character; what is no character, or is refused, becomes `instead`.
template <class Keep>
std::string filtered(std::string_view in, std::string_view instead, Keep keep) {
  std::string out;
  out.reserve(in.size());
  while (!in.empty()) {
    const std::size_t size = hep::utf8_character_bytes(in);
    const auto character = in.substr(0, size == 0 ? 1 : size);
    out += size != 0 && keep(character) ? character : instead;
    in.remove_prefix(character.size());
  }
  return out;
}

bool is_printable(std::string_view character) noexcept {
  const auto first = static_cast<unsigned char>(character.front());
  if (first == 0xc2) return static_cast<unsigned char>(character[1]) >= 0xa0;  // no C1 controls
  const auto is_between = [character](std::string_view low, std::string_view high) {
    return low <= character && character <= high;
  };
  // U+2028 to U+202E and U+2066 to U+2069: they break lines, or turn what follows around.
  if (is_between("\xe2\x80\xa8", "\xe2\x80\xae") || is_between("\xe2\x81\xa6", "\xe2\x81\xa9")) {
    return false;
  }
  return first >= 0x20 && first != 0x7f;
}

}  // namespace

std::string grouped(std::uint64_t value) {
  std::string digits = std::to_string(value);
  for (std::size_t at = digits.size(); at > 3;) {
    at -= 3;
    digits.insert(at, 1, ',');
  }
  return digits;
}

std::string one_line(std::string_view in) { return filtered(in, ".", is_printable); }

std::string fitted(std::string_view in, std::size_t width) {
  std::string text = one_line(in);
  std::size_t characters = 0;
  std::size_t cut = 0;  // where the last character that stays ends
  for (std::size_t at = 0; at < text.size(); ++characters) {
    if (characters + 1 == width) cut = at;
    at += hep::utf8_character_bytes(std::string_view(text).substr(at));
  }
  if (characters <= width) return text;
  text.resize(cut);
  return text + "…";
}

std::string valid_utf8(std::string_view in) {
  return filtered(in, "\xef\xbf\xbd", [](std::string_view) { return true; });
}

std::string utc_time(std::int64_t time_us) {
  constexpr std::int64_t micros_per_second = 1'000'000;
  const std::int64_t micros = (time_us % micros_per_second + micros_per_second) % micros_per_second;
  const std::time_t seconds = (time_us - micros) / micros_per_second;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 64> text{};
  const std::size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S", &parts);
  std::snprintf(text.data() + size, text.size() - size, ".%06d", static_cast<int>(micros));
  return text.data();
}

std::string talk_time_text(std::int64_t duration_us) {
  const std::int64_t seconds = duration_us / 1'000'000;
  std::array<char, 64> text{};
  if (seconds < 60) {
    std::snprintf(text.data(), text.size(), "%.1fs", static_cast<double>(duration_us) / 1e6);
  } else if (seconds < 3600) {
    std::snprintf(text.data(), text.size(), "%ldm%02lds", static_cast<long>(seconds / 60),
                  static_cast<long>(seconds % 60));
  } else {
    std::snprintf(text.data(), text.size(), "%ldh%02ldm%02lds", static_cast<long>(seconds / 3600),
                  static_cast<long>(seconds / 60 % 60), static_cast<long>(seconds % 60));
  }
  return text.data();
}

}  // namespace heptap
