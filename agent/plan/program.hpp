#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "agent/plan/comparisons.hpp"
#include "agent/plan/condition.hpp"
#include "agent/plan/field_cache.hpp"

namespace heptap {

/// What a person is told of a condition of a program.
struct ConditionLabel {
  std::string text;      ///< what becomes of a message that it holds for
  bool goes_on = false;  ///< and then the next conditions are asked
};

/// Conditions, one after the other, as one flat list of comparisons with jumps, for one kind of message:
/// what such a message never has is left out. Running it allocates nothing.
class Program {
 public:
  static constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();

  Program() = default;
  Program(Program&&) = default;  // its steps borrow from its tests
  Program& operator=(Program&&) = default;
  /// fields    those of all programs of a plan; new ones are added
  Program(std::span<const Condition> conditions, SubjectKind kind, std::vector<FieldRef>& fields);

  /// fields, cache   of the plan, at the message
  /// from            condition to begin with
  /// gives           the first condition from there on that holds; none: no more
  [[nodiscard]] std::uint32_t next_match(std::span<const FieldRef> fields, FieldCache& cache,
                                         std::uint32_t from) const noexcept;

  /// gives     whether the first condition holds for every message of the kind; for none
  [[nodiscard]] bool holds_always() const noexcept { return entries_.front() == holds_bit; }
  [[nodiscard]] bool holds_never() const noexcept { return entries_.front() == end; }

  /// gives     the comparisons in the order in which they are made, a line each, with where a message
  ///           goes on; without any, the one line that all messages go to
  /// labels    one for each condition
  /// at_end    what becomes of a message that no condition holds for any more
  [[nodiscard]] std::string explain(std::span<const ConditionLabel> labels,
                                    const std::string& at_end) const;

 private:
  // A place to go on is a comparison's index, or, with this bit, a condition that holds.
  static constexpr std::uint32_t holds_bit = 1U << 31U;
  static constexpr std::uint32_t end = none;

  struct Step {
    ReadyTest test;
    std::uint32_t slot = 0;      // of the field
    std::uint32_t other = none;  // of the field it is compared with; none: it has literals
    std::uint32_t on_true = end;
    std::uint32_t on_false = end;
    bool has_limit = false;  // of how much of a text it looks at
  };

  [[nodiscard]] std::string explain(std::uint32_t place, std::span<const ConditionLabel> labels,
                                    const std::string& at_end) const;

  std::vector<Step> steps_;
  std::vector<FieldTest> tests_;
  std::vector<std::uint32_t> entries_;  // where each condition begins

  friend class ProgramBuilder;
};

}  // namespace heptap
