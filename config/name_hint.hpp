#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace heptap {

/// gives     what may have been meant by a name that is none of these
/// kind      what has such names: "collectors"
[[nodiscard]] std::string name_hint(std::string_view name,
                                    const std::vector<std::string_view>& names,
                                    std::string_view kind);

}  // namespace heptap
