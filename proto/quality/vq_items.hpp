#pragma once

#include <string_view>

namespace heptap {

/// `NLR=1.25` of a line of items. Both borrow from the line.
struct VqItemView {
  std::string_view key;    ///< empty: a word that is no item
  std::string_view value;  ///< without quotes; empty when there is none
};

/// Whether a name is a key on this line. Values may touch the next key, so the line must know.
using IsVqKey = bool (*)(std::string_view name) noexcept;

/// Takes the next item off a line: key and value with `=` or `:` between them, then white space, line
/// ends, `,` or `;`. `JBM=20JBX=240` is two items, where JBX is a key.
/// rest      what is left of the line; shortened
/// gives     false at the end
/// source    RFC 6035 section 4.6.2, and what phones make of it
[[nodiscard]] bool next_vq_item(std::string_view& rest, IsVqKey is_key, VqItemView& out) noexcept;

}  // namespace heptap
