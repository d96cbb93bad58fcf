#include "proto/hep/text.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace heptap::hep {
namespace {

constexpr bool is_clean_ascii(unsigned char c) noexcept {
  return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

constexpr bool is_between(unsigned char c, unsigned low, unsigned high) noexcept {
  return c >= low && c <= high;
}

// Bounds of the second byte, which alone tells overlong forms and surrogates.
struct Lead {
  std::size_t size;
  unsigned second_low;
  unsigned second_high;
};

constexpr Lead lead_of(unsigned char c) noexcept {
  if (is_between(c, 0xc2, 0xdf)) return {2, 0x80, 0xbf};
  if (c == 0xe0) return {3, 0xa0, 0xbf};
  if (c == 0xed) return {3, 0x80, 0x9f};
  if (is_between(c, 0xe1, 0xef)) return {3, 0x80, 0xbf};
  if (c == 0xf0) return {4, 0x90, 0xbf};
  if (is_between(c, 0xf1, 0xf3)) return {4, 0x80, 0xbf};
  if (c == 0xf4) return {4, 0x80, 0x8f};
  return {0, 0, 0};
}

// Size of the clean character at the start of `in`; 0 when its first byte must go.
std::size_t clean_character_bytes(std::string_view in) noexcept {
  const auto first = static_cast<unsigned char>(in.front());
  if (first < 0x80) return is_clean_ascii(first) ? 1 : 0;
  // U+0080 to U+009F are control characters too.
  if (first == 0xc2 && in.size() > 1 && static_cast<unsigned char>(in[1]) < 0xa0) return 0;
  return utf8_character_bytes(in);
}

}  // namespace

std::size_t utf8_character_bytes(std::string_view in) noexcept {
  if (in.empty()) return 0;
  const auto first = static_cast<unsigned char>(in.front());
  if (first < 0x80) return 1;
  const Lead lead = lead_of(first);
  if (lead.size == 0 || lead.size > in.size()) return 0;
  if (!is_between(static_cast<unsigned char>(in[1]), lead.second_low, lead.second_high)) return 0;
  for (std::size_t i = 2; i < lead.size; ++i) {
    if (!is_between(static_cast<unsigned char>(in[i]), 0x80, 0xbf)) return 0;
  }
  return lead.size;
}

std::size_t clean_prefix_bytes(std::string_view in) noexcept {
  std::size_t at = 0;
  while (at < in.size()) {
    const std::size_t step = clean_character_bytes(in.substr(at));
    if (step == 0) break;
    at += step;
  }
  return at;
}

std::string_view next_clean_run(std::string_view& in) noexcept {
  while (!in.empty()) {
    const auto run = in.substr(0, clean_prefix_bytes(in));
    in.remove_prefix(std::max<std::size_t>(run.size(), 1));
    if (!run.empty()) return run;
  }
  return {};
}

std::size_t sanitize(std::string_view in, char* out) noexcept {
  std::size_t written = 0;
  for (auto run = next_clean_run(in); !run.empty(); run = next_clean_run(in)) {
    std::memcpy(out + written, run.data(), run.size());
    written += run.size();
  }
  return written;
}

std::string sanitized(std::string_view in) {
  std::string out(in.size(), '\0');
  out.resize(sanitize(in, out.data()));
  return out;
}

}  // namespace heptap::hep
