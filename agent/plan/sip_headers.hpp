#pragma once

#include <charconv>
#include <limits>
#include <string_view>

#include "agent/plan/field.hpp"
#include "proto/sip/chars.hpp"
#include "proto/sip/params.hpp"

// What the rows of SIP have in common.
namespace heptap::plan_fields {

using ReadField = void (*)(const PlanSubject& message, std::string_view header,
                           FieldValues& out) noexcept;

/// Gives each header field of this id, from the top.
void for_each_header(const SipView& sip, HeaderId id, const auto& take) noexcept {
  if (!sip.contains(id)) return;
  if (!sip.repeats(id)) return take(sip.first(id));
  for (const SipHeader& header : sip.headers()) {
    if (header.id == id) take(header.value);
  }
}

/// The same by name, ignoring case; of known headers, in their compact form, too.
void for_each_header(const SipView& sip, std::string_view name, const auto& take) noexcept {
  if (const HeaderId id = header_id(name); id != HeaderId::other) {
    return for_each_header(sip, id, take);
  }
  for (const SipHeader& header : sip.headers()) {
    if (sip_chars::equal_ignoring_case(header.name, name)) take(header.value);
  }
}

/// The same for lists with commas, value by value.
void for_each_item(const SipView& sip, HeaderId id, const auto& take) noexcept {
  for_each_header(sip, id, [&](std::string_view rest) {
    for (std::string_view item; next_list_item(rest, item);) take(item);
  });
}

/// Gives each parameter as it is written: `name=value`, `name="value"`, `name`.
/// params    from the first semicolon on
void for_each_written_param(std::string_view params, const auto& take) noexcept {
  for (std::size_t at = params.find(';'); at != std::string_view::npos;) {
    params.remove_prefix(at + 1);
    at = find_unquoted(params, ';');
    const std::string_view param = sip_chars::trim(params.substr(0, at));
    if (!param.empty()) take(param);
  }
}

/// Adds the number that a text begins with, if it does. As in Wireshark, one that does not fit is the
/// largest there is.
inline void add_leading_number(std::string_view text, FieldValues& out) noexcept {
  std::uint32_t number = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc::invalid_argument) return;
  const bool fits = error == std::errc{};
  out.add_number(fits ? number : std::numeric_limits<std::uint32_t>::max());
}

/// The same host as it is written: an IPv6 address with its brackets.
/// host      of a larger text that has something before it
[[nodiscard]] inline std::string_view with_brackets(std::string_view host) noexcept {
  if (host.empty() || *(host.data() - 1) != '[') return host;
  return {host.data() - 1, host.size() + 2};
}

}  // namespace heptap::plan_fields
