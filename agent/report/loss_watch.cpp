#include "agent/report/loss_watch.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "agent/report/text.hpp"

namespace heptap {
namespace {

constexpr std::int64_t second_us = 1'000'000;
constexpr std::int64_t minute_us = 60 * second_us;

struct Reason {
  std::uint64_t LossTotals::*count;
  std::string_view words;
};
constexpr std::array<Reason, 4> reasons{{
    {&LossTotals::kernel_dropped_packets,
     "by the kernel (a larger interfaces[].ring helps in bursts, more interfaces[].threads "
     "always)"},
    {&LossTotals::interface_dropped_packets,
     "by the interface or its driver (`ethtool -S` tells why)"},
    {&LossTotals::lost_at_close_packets, "when it went away"},
    {&LossTotals::ring_full_messages,
     "because run.ring was full (the collectors take less than comes)"},
}};

void add(LossTotals& sum, const LossTotals& row) {
  for (const Reason& reason : reasons) sum.*reason.count += row.*reason.count;
}

LossTotals sum_of(const std::vector<LossTotals>& rows, const std::string& interface) {
  LossTotals sum{.interface = interface};
  for (const auto& row : rows) {
    if (row.interface == interface) add(sum, row);
  }
  return sum;
}

/// gives     what came on top of `before`, which becomes `now`
LossTotals take_news(LossTotals& before, const LossTotals& now) {
  LossTotals news{.interface = now.interface};
  for (const Reason& reason : reasons) {
    if (now.*reason.count <= before.*reason.count) continue;
    news.*reason.count = now.*reason.count - before.*reason.count;
    before.*reason.count = now.*reason.count;
  }
  return news;
}

std::uint64_t count_of(const LossTotals& losses) {
  std::uint64_t count = 0;
  for (const Reason& reason : reasons) count += losses.*reason.count;
  return count;
}

std::string describe(const LossTotals& news) {
  std::string out;
  for (const Reason& reason : reasons) {
    if (news.*reason.count == 0) continue;
    if (!out.empty()) out += ", ";
    out.append(grouped(news.*reason.count)).append(" ").append(reason.words);
  }
  return out;
}

// A clock that was stepped back is no reason to keep silent.
bool is_minute_ago(std::int64_t then_us, std::int64_t now_us) {
  return now_us < then_us || now_us - then_us >= minute_us;
}

}  // namespace

void LossWatch::update(const std::vector<LossTotals>& totals, std::int64_t now_us) {
  Lines lines;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& row : totals) watched(row.interface);
    bool is_losing = false;
    for (Watched& one : watched_) {
      is_losing |= look(one, sum_of(totals, one.totals.interface), now_us, lines);
    }
    const std::int64_t before_us = updated_us_ == 0 ? now_us : updated_us_;
    // What finds the ring full was captured a moment before that.
    const std::int64_t from_us = std::min(before_us, now_us) - second_us;
    if (is_losing) lost_times_.add(from_us, std::max(before_us, now_us));
    updated_us_ = now_us;
    degraded_.store(is_losing, std::memory_order_relaxed);
  }
  for (const Line& line : lines) say_(line.is_bad, line.text);
}

LossWatch::Watched& LossWatch::watched(const std::string& interface) {
  const auto found = std::find_if(watched_.begin(), watched_.end(), [&](const Watched& one) {
    return one.totals.interface == interface;
  });
  if (found != watched_.end()) return *found;
  return watched_.emplace_back(Watched{.totals = {.interface = interface}});
}

/// gives     whether it has lost packets since the last time
bool LossWatch::look(Watched& one, const LossTotals& totals, std::int64_t now_us, Lines& lines) {
  const LossTotals news = take_news(one.totals, totals);
  const std::uint64_t count = count_of(news);
  if (count != 0) {
    note_loss(one, news, now_us, lines);
  } else if (one.is_losing && is_minute_ago(one.lost_us, now_us)) {
    one.is_losing = false;
    lines.push_back({false, one.totals.interface +
                                " has lost no packets for a minute; it had lost " +
                                grouped(one.lost_count)});
  }
  return count != 0;
}

void LossWatch::note_loss(Watched& one, const LossTotals& news, std::int64_t now_us, Lines& lines) {
  if (!one.is_losing) one.lost_count = 0;
  one.lost_count += count_of(news);
  one.lost_us = now_us;
  const bool is_known = std::exchange(one.is_losing, true);
  if (is_known && !is_minute_ago(one.said_us, now_us)) return;
  one.said_us = now_us;
  const std::string so_far = is_known ? ", " + grouped(one.lost_count) + " so far" : "";
  lines.push_back({true, one.totals.interface + " loses packets" + so_far +
                             "; in the last second " + describe(news)});
}

bool LossWatch::degraded_between(std::int64_t from_us, std::int64_t to_us) const {
  const std::lock_guard lock(mutex_);
  return lost_times_.any_between(from_us, to_us);
}

std::vector<InterfaceLoss> LossWatch::interfaces() const {
  const std::lock_guard lock(mutex_);
  std::vector<InterfaceLoss> all;
  for (const Watched& one : watched_) all.push_back({one.totals.interface, one.is_losing});
  return all;
}

}  // namespace heptap
