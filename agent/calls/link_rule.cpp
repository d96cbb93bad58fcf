#include "agent/calls/link_rule.hpp"

#include "proto/hep/text.hpp"
#include "proto/sip/chars.hpp"
#include "proto/sip/params.hpp"

namespace heptap {
namespace {

using namespace sip_chars;

/// `name=value` in front of the first semicolon; empty when it has another name.
std::string_view leading_param(std::string_view value, std::string_view name) noexcept {
  const std::string_view first = value.substr(0, find_unquoted(value, ';'));
  const std::size_t equals = first.find('=');
  if (equals == std::string_view::npos) return {};
  if (!equal_ignoring_case(trim(first.substr(0, equals)), name)) return {};
  return unquote(trim(first.substr(equals + 1)));
}

std::string_view value_of(const LinkRule& rule, const SipView& sip) noexcept {
  const std::string_view value = sip.first(rule.header);
  if (rule.param.empty()) return value;
  const std::string_view first = leading_param(value, rule.param);
  return first.empty() ? param_value(value, rule.param) : first;
}

}  // namespace

LinkRule make_link_rule(std::string_view text) {
  const std::size_t colon = text.find(':');
  LinkRule rule{.header = std::string(trim(text.substr(0, colon))), .param = {}};
  if (colon != std::string_view::npos) rule.param = trim(text.substr(colon + 1));
  return rule;
}

std::string_view link_value(std::span<const LinkRule> rules, const SipView& sip) noexcept {
  for (const LinkRule& rule : rules) {
    const std::string_view value = value_of(rule, sip);
    if (hep::has_clean_text(value)) return value;
  }
  return {};
}

}  // namespace heptap
