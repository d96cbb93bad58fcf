#pragma once

#include <span>

#include "agent/plan/condition.hpp"

namespace heptap {

/// What one comparison does with the values of its field, and with those of the other one if it has one.
using RunTest = bool (*)(const FieldTest& test, std::span<const Value> values,
                         std::span<const Value> others) noexcept;

/// gives     the function for a comparison; static storage
[[nodiscard]] RunTest run_of(const FieldTest& test) noexcept;

}  // namespace heptap
