#include "proto/sip/mask_digits.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include "proto/sip/chars.hpp"
#include "proto/sip/sdp_fields.hpp"

namespace heptap {

using namespace sip_chars;

namespace {

constexpr auto npos = std::string_view::npos;

bool contains(std::string_view text, std::string_view wanted) noexcept {
  return std::search(text.begin(), text.end(), wanted.begin(), wanted.end(),
                     [](char a, char b) { return lower(a) == b; }) != text.end();
}

/// Lines `name=value`, of which some have digits, or nothing but digits.
void mask_lines(std::string_view content, MaskPen& pen) noexcept {
  constexpr std::array<std::string_view, 4> names{"signal", "d", "digit", "digits"};
  while (!content.empty()) {
    const std::string_view line = sdp_fields::take_until(content, '\n');
    const std::size_t equals = line.find('=');
    if (equals == npos) {
      pen.hide_digits(line);
      continue;
    }
    const std::string_view name = trim(line.substr(0, equals));
    const bool has_digits = std::any_of(names.begin(), names.end(), [&](std::string_view known) {
      return equal_ignoring_case(name, known);
    });
    if (has_digits) pen.hide_digits(line.substr(equals + 1));
  }
}

}  // namespace

void mask_dtmf(std::string_view content, const MediaTypeView& type, MaskPen& pen) noexcept {
  if (contains(type.subtype, "kpml")) {
    for (std::string_view rest = content; !rest.empty();) {
      pen.hide_digits(next_attribute(rest, "digits"));
    }
    return;
  }
  const bool is_dtmf = contains(type.subtype, "dtmf") || contains(type.subtype, "digits") ||
                       contains(type.subtype, "telephone-event");
  if (is_dtmf || contains(content.substr(0, 6), "signal")) mask_lines(content, pen);
}

std::string_view next_attribute(std::string_view& rest, std::string_view name) noexcept {
  for (std::size_t at = rest.find(name); at != npos; at = rest.find(name)) {
    rest = trim_left(rest.substr(at + name.size()));
    if (!rest.starts_with('=')) continue;
    rest = trim_left(rest.substr(1));
    if (!rest.starts_with('"') && !rest.starts_with('\'')) continue;
    const std::size_t close = std::min(rest.find(rest.front(), 1), rest.size());
    const std::string_view value = rest.substr(1, close - 1);
    rest.remove_prefix(close);
    return value;
  }
  rest = {};
  return {};
}

}  // namespace heptap
