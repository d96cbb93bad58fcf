#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "agent/plan/program.hpp"
#include "agent/plan/rate_limit.hpp"
#include "agent/plan/rule.hpp"
#include "agent/plan/verdict.hpp"

namespace heptap {

/// What one rule does, ready to be done.
struct PlanAction {
  SipMasks masks = {};
  std::uint64_t collectors = 0;  ///< bit i: the i-th name of the plan
  std::uint32_t sample = 1;
  std::uint32_t limited_by = Program::none;  ///< slot of the field that tells limits apart
  std::unique_ptr<RateLimit> limit = {};     ///< null: none
  std::uint16_t counter = Verdict::no_rule;  ///< of the plan's counters
  /// Whether an error of its function has been told of; null: it asks none.
  std::unique_ptr<std::atomic_flag> has_told = {};
  bool sends = false;
  bool drops = false;
  bool logs = false;
  bool goes_on = false;
  bool decides = false;  ///< it sends or drops, or no later rule is asked
  PlanScope scope = PlanScope::message;
  std::uint64_t name = 0;  ///< a hash: the same in every plan
};

/// Rules, compiled: const from then on, and used by all threads. What a thread needs to run it is a
/// PlanRunner.
class Plan {
 public:
  /// collectors  the names that `send` may have; what is not there is not sent
  Plan(PlanRules rules, std::vector<std::string> collectors);

  /// gives     higher than that of any plan that was made before
  [[nodiscard]] std::uint64_t number() const noexcept { return number_; }
  [[nodiscard]] const PlanRules& rules() const noexcept { return rules_; }
  [[nodiscard]] const std::vector<FieldRef>& fields() const noexcept { return fields_; }
  [[nodiscard]] const std::vector<std::string>& counters() const noexcept { return counters_; }
  [[nodiscard]] const std::vector<std::string>& collectors() const noexcept { return collectors_; }
  [[nodiscard]] const PlanAction& action(std::uint32_t rule) const noexcept {
    return actions_[rule];
  }
  [[nodiscard]] const Program& program(SubjectKind kind) const noexcept {
    return programs_[static_cast<std::size_t>(kind)];
  }
  /// Whether a verdict may hold for more than its message.
  [[nodiscard]] bool has_scopes() const noexcept { return !scoped_.empty(); }
  [[nodiscard]] const MaskKey& mask_key() const noexcept { return mask_key_; }
  /// Whether any rule hides anything.
  [[nodiscard]] bool has_masks() const noexcept { return has_masks_; }
  /// gives     the rule with a scope that has this name; Program::none: there is none
  [[nodiscard]] std::uint32_t find_scoped(std::uint64_t name) const noexcept;
  /// Whether a rule, or the script, asks for a field with this need.
  [[nodiscard]] bool asks_for(FieldNeed need) const;

 private:
  [[nodiscard]] PlanAction make_action(const PlanRule& rule);

  std::uint64_t number_;
  PlanRules rules_;
  std::vector<std::string> collectors_;
  MaskKey mask_key_;
  std::vector<std::string> counters_;
  std::vector<FieldRef> fields_;
  std::vector<PlanAction> actions_;
  std::array<Program, static_cast<std::size_t>(SubjectKind::count_)> programs_;
  std::vector<std::pair<std::uint64_t, std::uint32_t>> scoped_;  // names and indices, in order
  bool has_masks_ = false;
};

/// gives     whether the name of a field with this need stands anywhere in the script
[[nodiscard]] bool names_field(const PlanScript& script, FieldNeed need);

}  // namespace heptap
