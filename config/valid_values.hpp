#pragma once

#include <string>
#include <string_view>

#include "config/options.hpp"

namespace heptap {

/// gives     "number", "size", ...
[[nodiscard]] std::string_view type_name(OptionKind kind) noexcept;

/// gives     what may be written: "0 to 4294967295", "1MiB to 1GiB, as 65536, 64KiB or 16MiB"
[[nodiscard]] std::string valid_values(const Option& option);

}  // namespace heptap
