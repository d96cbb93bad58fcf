#include "agent/report/lost_times.hpp"

#include <algorithm>

namespace heptap {

void LostTimes::add(std::int64_t from_us, std::int64_t to_us) {
  if (!times_.empty() && from_us <= times_.back().to_us && to_us >= times_.back().from_us) {
    Time& last = times_.back();
    last = {std::min(last.from_us, from_us), std::max(last.to_us, to_us)};
    return;
  }
  if (times_.size() == max_count) {
    forgotten_until_us_ = std::max(forgotten_until_us_, times_.front().to_us);
    times_.erase(times_.begin());
  }
  times_.push_back({from_us, to_us});
}

bool LostTimes::any_between(std::int64_t from_us, std::int64_t to_us) const noexcept {
  if (from_us <= forgotten_until_us_) return true;
  return std::any_of(times_.begin(), times_.end(), [=](const Time& time) {
    return time.from_us <= to_us && from_us <= time.to_us;
  });
}

}  // namespace heptap
