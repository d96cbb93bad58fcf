#pragma once

#include <string>
#include <string_view>

#include "agent/plan/plan.hpp"

namespace heptap {

/// gives     a comparison as one would write it: `ip.src in {10.0.0.0/8, 192.0.2.1/32}`
[[nodiscard]] std::string to_text(const FieldTest& test);

/// gives     the program of a plan for a person to read: for each kind of message its steps, then the
///           rules with what they do
/// everyone  where goes what goes everywhere
[[nodiscard]] std::string explain(const Plan& plan, std::string_view everyone = "every collector");

}  // namespace heptap
