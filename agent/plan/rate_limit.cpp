// Each one that passes pushes the time at which the next is due by its share of a second; what is due more
// than a second ahead does not pass. A tap sees packets a little out of order, so time that goes back is
// taken for the latest seen, and when it goes back far, somebody has set the clock.
#include "agent/plan/rate_limit.hpp"

#include <algorithm>

#include "agent/random_seed.hpp"

namespace heptap {
namespace {

constexpr std::int64_t second_us = 1'000'000;
constexpr std::size_t shards = 16;
constexpr std::int64_t max_idle_us = 10 * second_us;

}  // namespace

RateLimit::RateLimit(std::uint32_t per_second, bool has_keys)
    : share_us_(std::max<std::int64_t>(second_us / per_second, 1)),
      keys_(true, has_keys ? shards : 1, [&](std::size_t count) {
        return RecentTable<Key, Due>(has_keys ? max_keys / count : 1, random_seed(), max_idle_us);
      }) {}

bool RateLimit::pass(std::uint64_t key, std::int64_t now_us) noexcept {
  return keys_.with(key, [&](RecentTable<Key, Due>& keys) {
    Due& due = keys.find_or_add(Key{key}, now_us);
    const bool is_old = !due.is_known || due.at_us < now_us;
    const bool was_set_back = !is_old && due.at_us - now_us > 2 * second_us;
    if (is_old || was_set_back) due = {now_us, true};
    if (due.at_us - now_us > second_us - share_us_) return false;
    due.at_us += share_us_;
    return true;
  });
}

}  // namespace heptap
