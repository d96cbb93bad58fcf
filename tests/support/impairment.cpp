#include "tests/support/impairment.hpp"

#include <algorithm>

namespace heptap::test {

Impairment::Impairment(const ImpairmentOptions& options)
    : options_(options), random_(options.seed) {}

// Each question takes one number, whatever its answer: no option changes what another one does.
bool Impairment::happens(double share) {
  return std::generate_canonical<double, 53>(random_) < share;
}

std::int64_t Impairment::after_stall(std::int64_t time_us) const {
  const std::int64_t begin = first_us_ + options_.stall_after_us;
  const std::int64_t end = begin + options_.stall_us;
  return time_us >= begin && time_us < end ? end : time_us;
}

std::int64_t Impairment::in_order(std::int64_t now_us) {
  const auto parts = static_cast<std::uint64_t>(options_.jitter_us) + 1;
  const auto jitter_us = static_cast<std::int64_t>(random_() % parts);
  return std::max(in_order_until_us_, after_stall(now_us + options_.delay_us + jitter_us));
}

// The line sends one packet after the other, whatever they waited for before.
bool Impairment::takes_turn(std::int64_t& leave_us, std::size_t size_bytes) {
  if (options_.bytes_per_second == 0) return true;
  const std::int64_t begin = std::max(leave_us, line_free_us_);
  if (options_.queue_us > 0 && begin - leave_us > options_.queue_us) return false;
  const std::uint64_t sending_us = size_bytes * 1'000'000 / options_.bytes_per_second;
  line_free_us_ = after_stall(begin + static_cast<std::int64_t>(sending_us));
  leave_us = line_free_us_;
  return true;
}

void Impairment::count_passed(std::int64_t delay_us, std::size_t copies) {
  counts_.min_delay_us = counts_.passed == 0 ? delay_us : std::min(counts_.min_delay_us, delay_us);
  counts_.max_delay_us = std::max(counts_.max_delay_us, delay_us);
  counts_.sum_delay_us += delay_us * static_cast<std::int64_t>(copies);
  if (counts_.passed > 0) counts_.dropped_inside += dropped_since_pass_;
  dropped_since_pass_ = 0;
  counts_.passed += copies;
}

Fate Impairment::decide(std::int64_t now_us, std::size_t size_bytes) {
  if (counts_.received++ == 0) first_us_ = now_us;
  const bool is_dropped = happens(options_.drop);
  const bool is_twice = happens(options_.duplicate);
  const bool is_late = happens(options_.reorder);
  std::int64_t leave_us = in_order(now_us);
  if (is_dropped) {
    ++counts_.dropped;
    ++dropped_since_pass_;
    return {0, 0};
  }
  in_order_until_us_ = leave_us;
  if (!takes_turn(leave_us, size_bytes)) {
    ++counts_.overflowed;
    return {0, 0};
  }
  if (is_late) {
    leave_us = after_stall(leave_us + options_.reorder_us);
    ++counts_.reordered;
  }
  const std::size_t copies = is_twice ? 2 : 1;
  counts_.duplicated += copies - 1;
  count_passed(leave_us - now_us, copies);
  return {copies, leave_us};
}

}  // namespace heptap::test
