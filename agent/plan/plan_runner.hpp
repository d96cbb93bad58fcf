#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "agent/plan/field_cache.hpp"
#include "agent/plan/lua_script.hpp"
#include "agent/plan/plan.hpp"
#include "agent/plan/plan_scopes.hpp"
#include "proto/hash.hpp"

namespace heptap {

/// What one rule has done so far.
struct RuleCounts {
  std::uint64_t matched = 0;
  std::uint64_t sent = 0;     ///< of those, by this rule
  std::uint64_t masked = 0;   ///< of those that it sent or let pass, with its masks
  std::uint64_t dropped = 0;  ///< by this rule, for whatever reason
  std::uint64_t sampled = 0;  ///< dropped, or not sent by it: not of the Call-IDs that it keeps
  std::uint64_t limited = 0;  ///< the same: more than it lets pass
  std::uint64_t errors = 0;   ///< of its function

  RuleCounts& operator+=(const RuleCounts& other) noexcept;
};

/// What a thread has done with a plan.
struct PlanCounts {
  std::uint64_t entered = 0;
  std::uint64_t fields_cut = 0;  ///< had more values, or longer ones, than was looked at
  Counts<PlanFate> fates;
  std::vector<RuleCounts> rules;
  std::vector<std::uint64_t> counters;
};

/// Runs a plan in one thread. No allocation per message.
class PlanRunner {
 public:
  /// Told of each message that a rule with `log` takes, and of the first that a rule's function comes
  /// to an error with, in whatever thread that has the plan.
  /// error     one line of clean text; empty: there was none
  using Log =
      std::function<void(const PlanRule& rule, const PlanSubject& message, std::string_view error)>;

  /// scopes    which rules hold for whole calls; null: each message is decided about alone
  explicit PlanRunner(std::shared_ptr<const Plan> plan,
                      std::shared_ptr<PlanScopes> scopes = nullptr);

  /// Another plan from now on. What rules and counters of the same names have counted stays; of the very same
  /// plan, which comes again when its collectors change, the variables of its script do, too.
  void set_plan(std::shared_ptr<const Plan> plan, std::shared_ptr<PlanScopes> scopes);
  void set_log(Log log) { log_ = std::move(log); }

  /// Told of each message, and what was decided about it.
  using Watch = std::function<void(const PlanSubject& message, const Verdict& verdict)>;
  void set_watch(Watch watch) { watch_ = std::move(watch); }

  /// lifetime  of the verdict: until the next decide() or set_plan()
  [[nodiscard]] Verdict decide(const PlanSubject& message) noexcept;

  /// The call is over, and its Call-ID is that of another one: no rule holds for that.
  void forget_call(std::uint64_t call_hash, std::int64_t now_us) noexcept;

  [[nodiscard]] const Plan& plan() const noexcept { return *plan_; }
  [[nodiscard]] const PlanCounts& counts() const noexcept { return counts_; }

 private:
  enum class Step : std::uint8_t { go_on, stop };

  [[nodiscard]] Verdict decide_as_it_is(const PlanSubject& message) noexcept;
  void run(const PlanSubject& message, Verdict& verdict, SipMasks& of_all) noexcept;
  void find_held(const PlanSubject& message) noexcept;
  [[nodiscard]] std::uint32_t rule_as_held(std::uint8_t index) const noexcept;
  [[nodiscard]] std::uint32_t next_rule(const Program& program, std::uint32_t from) noexcept;
  [[nodiscard]] bool is_held(std::uint32_t rule) noexcept;
  [[nodiscard]] bool script_agrees(std::uint32_t rule, const PlanSubject& message) noexcept;
  void hold(std::uint32_t rule, const PlanSubject& message) noexcept;
  [[nodiscard]] Step apply(std::uint32_t rule, const PlanSubject& message, Verdict& verdict,
                           SipMasks& of_all) noexcept;
  [[nodiscard]] std::string_view node_suffix_of(std::uint32_t rule) noexcept;
  [[nodiscard]] PlanFate fate_by_amount(const PlanAction& action,
                                        const PlanSubject& message) noexcept;
  [[nodiscard]] std::uint64_t limit_key(const PlanAction& action) noexcept;
  static void drop(Verdict& verdict, std::uint32_t rule, PlanFate fate) noexcept;

  std::shared_ptr<const Plan> plan_;
  std::shared_ptr<PlanScopes> scopes_;
  FieldCache cache_;
  std::uint64_t cut_before_ = 0;       // of the cache's, in the counts
  std::unique_ptr<LuaScript> script_;  // null: no rule asks it
  std::string_view script_suffix_;     // what it has set for the rule at hand
  std::string node_suffix_;            // of the verdict, when it is of the script
  HeldRules held_;                     // for the call of the message at hand
  std::array<std::uint32_t, HeldRules::most>
      held_at_{};  // their indices; Program::none: not for it
  Log log_;
  Watch watch_;
  PlanCounts counts_;
};

}  // namespace heptap
