#pragma once

#include <cstdint>

#include "agent/calls/call_table.hpp"
#include "agent/calls/media_calls.hpp"
#include "agent/calls/tracked_calls.hpp"
#include "agent/plan/plan.hpp"
#include "agent/plan/plan_scopes.hpp"
#include "agent/state/state_visitor.hpp"

namespace heptap {

/// What is kept from one run to the next. Null: there is none.
struct SavedTables {
  CallTable& calls;
  MediaCalls* media = nullptr;
  TrackedCalls* tracked = nullptr;
  const Plan* plan = nullptr;
  PlanScopes* scopes = nullptr;
};

/// How many of each; of verdicts those of whole calls.
struct SavedCounts {
  std::uint64_t calls = 0;
  std::uint64_t media = 0;
  std::uint64_t tracked = 0;
  std::uint64_t verdicts = 0;
  std::uint64_t left_out = 0;  ///< too old, or not to be kept as they are

  friend bool operator==(const SavedCounts&, const SavedCounts&) = default;
};

/// Writes all there is. No thread changes the tables meanwhile.
/// now_us    packet time
SavedCounts save_tables(const SavedTables& tables, StateFileWriter& file, std::int64_t now_us);

/// Puts what a file has into tables, which are empty and which nobody uses yet. What there is no table
/// for is passed over, and so are verdicts of another plan.
class TableRestorer final : public StateVisitor {
 public:
  /// tables    must outlive the restorer
  /// now_us    packet time
  TableRestorer(const SavedTables& tables, std::int64_t now_us) noexcept
      : tables_(tables), now_us_(now_us) {}

  void take(const SavedRun& run) override;
  void take(const SavedCall& call) override;
  void take(const SavedMedia& media) override;
  void take(const SavedTracked& tracked) override;
  void take(const SavedVerdict& verdict) override;

  /// gives     those that are in the tables now, but for what has made room for others
  [[nodiscard]] SavedCounts counts() const;
  [[nodiscard]] std::int64_t written_us() const noexcept { return written_us_; }
  /// Whether there were verdicts of another plan.
  [[nodiscard]] bool is_of_other_plan() const noexcept { return is_of_other_plan_; }

 private:
  [[nodiscard]] HeldRules held_rules(const SavedVerdict& saved) const noexcept;

  SavedTables tables_;
  std::int64_t now_us_;
  std::int64_t written_us_ = 0;
  bool is_same_plan_ = false;
  bool is_of_other_plan_ = false;
  CallState state_;
  std::uint64_t verdicts_ = 0;
  std::uint64_t old_verdicts_ = 0;
};

}  // namespace heptap
