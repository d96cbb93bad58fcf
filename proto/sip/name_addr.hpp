#pragma once

#include <string_view>

#include "proto/result.hpp"

namespace heptap {

/// The value of From, To, Contact, Route and their kind.
struct NameAddrView {
  std::string_view display_name;  ///< without quotes, escapes kept; may be empty
  std::string_view uri;           ///< without angle brackets; "*" in a Contact
  std::string_view params;        ///< of the header, not of the URI; see find_param()

  /// The tag parameter; empty when there is none.
  [[nodiscard]] std::string_view tag() const noexcept;
};

/// value     one value: From and To as they are, Contact and Route item by item (next_list_item)
/// errors    malformed: a quote or bracket that is not closed, or no URI
/// source    RFC 3261 sections 20.10, 20.20, 20.39: without brackets, all parameters are the
///           header's and not the URI's
[[nodiscard]] Result<NameAddrView> parse_name_addr(std::string_view value) noexcept;

}  // namespace heptap
