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

bool contains_one_of(std::string_view text, const auto& list) noexcept {
  return std::any_of(list.begin(), list.end(),
                     [&](std::string_view wanted) { return contains(text, wanted); });
}

/// Of names in XML. A colon is not, nor a quote: behind them is the name with a prefix, or the next
/// attribute.
bool is_name_char(char c) noexcept {
  return is_alpha(c) || is_digit(c) || c == '-' || c == '_' || c == '.';
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

/// All but the marks of CDATA, which have letters of keys.
void hide_element(std::string_view text, MaskPen& pen) noexcept {
  constexpr std::string_view mark = "<![CDATA[";
  for (std::size_t at = text.find(mark); at != npos; at = text.find(mark)) {
    pen.hide_digits(text.substr(0, at));
    text.remove_prefix(at + mark.size());
  }
  pen.hide_digits(text);
}

/// `<name>dtmf.digits</name><value>42</value>`, and dtmf.last. Where a body has one of them, all values are
/// hidden: which name one is of would have to be read as XML, with prefixes, entities and comments.
void mask_event_values(std::string_view content, MaskPen& pen) noexcept {
  constexpr std::array<std::string_view, 2> names{"dtmf.digits", "dtmf.last"};
  constexpr std::string_view element = "value";
  if (!contains_one_of(content, names)) return;
  for (std::size_t at = content.find(element); at != npos; at = content.find(element)) {
    const std::size_t open = std::min(content.find('>', at), content.size());
    const bool is_empty = content[open - 1] == '/';
    content.remove_prefix(open);
    if (is_empty) continue;
    const std::size_t end = std::min(content.find("</"), content.size());
    hide_element(content.substr(0, end), pen);
    content.remove_prefix(std::min(content.find('>', end), content.size()));
  }
}

void mask_xml(std::string_view content, MaskPen& pen) noexcept {
  for (const std::string_view name : {"digits", "dtmf"}) {
    for (std::string_view rest = content; !rest.empty();) {
      pen.hide_digits(next_attribute(rest, name));
    }
  }
  mask_event_values(content, pen);
}

}  // namespace

void mask_dtmf(std::string_view content, const MediaTypeView& type, MaskPen& pen) noexcept {
  constexpr std::array<std::string_view, 5> xml{"kpml", "mediaservercontrol", "msml", "moml",
                                                "msc-ivr"};
  constexpr std::array<std::string_view, 3> lines{"dtmf", "digits", "telephone-event"};
  if (contains_one_of(type.subtype, xml)) return mask_xml(content, pen);
  const bool is_dtmf = contains_one_of(type.subtype, lines);
  if (is_dtmf || contains(content.substr(0, 6), "signal")) mask_lines(content, pen);
}

std::string_view next_attribute(std::string_view& rest, std::string_view name) noexcept {
  for (std::size_t at = rest.find(name); at != npos; at = rest.find(name)) {
    const bool is_end_of_other = at > 0 && is_name_char(rest[at - 1]);  // maxdigits="4"
    rest = trim_left(rest.substr(at + name.size()));
    if (is_end_of_other) continue;
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
