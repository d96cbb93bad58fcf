#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace heptap {

/// What became of a record.
enum class KafkaOutcome : std::uint8_t {
  waiting,
  sent,
  spooled,      ///< went to the spool, and to nobody else
  spooled_too,  ///< went to the spool, and is perhaps in the topic, too
  refused,
  too_large,
  given_up,     ///< was never sent
  unconfirmed,  ///< was sent, and nobody knows
};

/// Settles records in the order in which they were handed over, whatever the order of their reports: who
/// counts knows then that all before the last one sent are settled, too. Partitions report as they like.
class KafkaReports {
 public:
  /// most      records at a time, between the first without a report and the last
  explicit KafkaReports(std::size_t most) : outcomes_(most, KafkaOutcome::waiting) {}

  [[nodiscard]] bool full() const noexcept { return next_ - first_ == outcomes_.size(); }
  [[nodiscard]] bool empty() const noexcept { return next_ == first_; }
  /// gives     the number of the record that add() adds
  [[nodiscard]] std::uint64_t next() const noexcept { return next_; }
  /// While it is not full.
  void add() noexcept { slot(next_++) = KafkaOutcome::waiting; }

  /// number    of a record without a report
  /// settle    called for each record whose turn it is
  template <class Settle>
  void report(std::uint64_t number, KafkaOutcome outcome, Settle settle) {
    slot(number) = outcome;
    settle_reported(settle);
  }

  /// All that have no report get this one, but for those whose numbers `is_kept` is true of.
  template <class IsKept, class Settle>
  void report_rest(KafkaOutcome outcome, IsKept is_kept, Settle settle) {
    for (auto number = first_; number != next_; ++number) {
      if (slot(number) == KafkaOutcome::waiting && !is_kept(number)) slot(number) = outcome;
    }
    settle_reported(settle);
  }

 private:
  template <class Settle>
  void settle_reported(Settle settle) {
    for (; first_ != next_ && slot(first_) != KafkaOutcome::waiting; ++first_) settle(slot(first_));
  }
  [[nodiscard]] KafkaOutcome& slot(std::uint64_t number) noexcept {
    return outcomes_[number % outcomes_.size()];
  }

  std::vector<KafkaOutcome> outcomes_;
  std::uint64_t first_ = 0;  ///< without a report
  std::uint64_t next_ = 0;
};

}  // namespace heptap
