#pragma once

#include <string>

namespace heptap {

/// gives     config/REFERENCE.md, made from the table
[[nodiscard]] std::string reference_markdown();

}  // namespace heptap
