#pragma once

#include <span>
#include <string>
#include <string_view>

#include "proto/sip/message.hpp"

namespace heptap {

/// Where the id is that links the legs of a call: a header, or a parameter in one.
struct LinkRule {
  std::string header;
  std::string param;  ///< empty: the whole value
};

/// text      `X-CID` or `P-Charging-Vector:icid-value`
[[nodiscard]] LinkRule make_link_rule(std::string_view text);

/// gives     what the first rule that finds anything finds; empty: none does
/// source    RFC 7315 section 5.6 for P-Charging-Vector, whose first parameter has no semicolon
[[nodiscard]] std::string_view link_value(std::span<const LinkRule> rules,
                                          const SipView& sip) noexcept;

}  // namespace heptap
