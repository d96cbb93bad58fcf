#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "agent/plan/condition.hpp"

namespace heptap::captagent {

/// What a function or an expression comes to: known before there is a message, or a condition.
struct Truth {
  std::optional<bool> known;
  Condition condition;  ///< when it is not known
};

/// gives     how many comparisons, and what joins them, there are in it
[[nodiscard]] std::size_t size_of(const Condition& condition);

[[nodiscard]] Condition negation_of(Condition condition);
[[nodiscard]] Truth negation_of(Truth truth);

/// kind      all_of or any_of
/// gives     nothing: there are no parts
[[nodiscard]] std::optional<Condition> joined(Condition::Kind kind, std::vector<Condition> parts);

/// kind      all_of or any_of
[[nodiscard]] Truth truth_of(Condition::Kind kind, std::vector<Truth> parts);

}  // namespace heptap::captagent
