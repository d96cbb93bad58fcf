#include "transport/collector_set.hpp"

#include "transport/file/file_collector.hpp"
#include "transport/kafka/kafka_collector.hpp"
#include "transport/stream_collector.hpp"
#include "transport/udp_collector.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace heptap {
namespace {

constexpr double slow_share = 0.3;
constexpr std::chrono::milliseconds longest_look{100};
constexpr std::chrono::milliseconds shortest_look{1};
constexpr int looks_before_failure = 8;
constexpr std::size_t max_departed = 256;  // names

/// Whether one of a pool, or of none, can go on as one of another: its times stay as they are.
bool are_alike(const CollectorOptions& there, CollectorOptions wanted) {
  const auto times = [](const CollectorOptions& one) {
    return one.health.value_or(HealthOptions{});
  };
  if (times(there) == times(wanted)) wanted.health = there.health;
  return there == wanted;
}

std::unique_ptr<Collector> make_one(CollectorHost& host, CollectorPlace place,
                                    CollectorOptions options) {
  if (options.file) return std::make_unique<FileCollector>(host, place, std::move(options));
  if (options.kafka) return std::make_unique<KafkaCollector>(host, place, std::move(options));
  if (options.endpoint.carrier == Carrier::udp) {
    return std::make_unique<UdpCollector>(host, place, std::move(options));
  }
  return std::make_unique<StreamCollector>(host, place, std::move(options));
}

void make_threads_of(Collector& one) try {
  one.make_threads();
} catch (const std::system_error& error) {
  if (error.code() != std::errc::resource_unavailable_try_again) throw;
  throw std::system_error(error.code(), one.name() + ": cannot make a thread");
}

}  // namespace

template <class Visit>
void CollectorSet::for_each(Visit visit) const {
  for (const auto& one : present_) visit(*one);
  for (const auto& one : leaving_) visit(*one.collector);
}

/// The options are looked at and the new collectors made before anything is changed.
std::vector<unsigned> CollectorSet::change_to(std::vector<CollectorOptions> wanted,
                                              std::chrono::milliseconds patience) {
  if (wanted.empty()) throw std::runtime_error("no collector is given");
  if (wanted.size() > max_collectors) throw std::runtime_error("more than 64 collectors");
  reap();
  const auto head = host_.ring().head();
  const auto kept = match(wanted);
  std::vector<bool> in_pools;
  in_pools.reserve(wanted.size());
  for (const CollectorOptions& one : wanted) in_pools.push_back(one.health.has_value());
  std::vector<Owned> next = make_missing(std::move(wanted), kept, head);
  const auto left_before = leaving_.size();
  leaving_.reserve(left_before + present_.size());

  for (std::size_t i = 0; i < next.size(); ++i) {
    if (!next[i]) next[i] = std::move(present_[kept[i]]);
  }
  for (auto& one : present_) {
    if (one) leaving_.push_back({.collector = std::move(one)});
  }
  present_ = std::move(next);
  in_pools_ = std::move(in_pools);
  for (auto i = left_before; i < leaving_.size(); ++i) {
    leaving_[i].collector->leave(head, patience);
    leaving_[i].place = place_of(*leaving_[i].collector);
  }
  if (started_) start();
  std::vector<unsigned> bits;
  for (const auto& one : present_) bits.push_back(one->place().bit);
  return bits;
}

/// gives     which present collector has the options of each that is wanted; their number for none
std::vector<std::size_t> CollectorSet::match(const std::vector<CollectorOptions>& wanted) const {
  std::vector<std::size_t> out;
  std::vector<bool> taken(present_.size());
  for (const CollectorOptions& options : wanted) {
    std::size_t i = 0;
    while (i < present_.size() && (taken[i] || !are_alike(present_[i]->options(), options))) ++i;
    if (i < present_.size()) taken[i] = true;
    out.push_back(i);
  }
  return out;
}

/// gives     a new collector where none is kept
std::vector<CollectorSet::Owned> CollectorSet::make_missing(std::vector<CollectorOptions> wanted,
                                                            const std::vector<std::size_t>& kept,
                                                            std::uint64_t first_frame) {
  std::vector<Owned> out(wanted.size());
  std::uint64_t in_use = bits_in_use();
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (kept[i] != present_.size()) continue;
    const unsigned bit = bit_for(wanted[i].name, in_use);
    out[i] = make_one(host_, {bit, first_frame}, std::move(wanted[i]));
    if (started_) make_threads_of(*out[i]);
  }
  return out;
}

std::uint64_t CollectorSet::bits_in_use() const {
  std::uint64_t bits = 0;
  for_each([&](const Collector& one) { bits |= std::uint64_t{1} << one.place().bit; });
  return bits;
}

unsigned CollectorSet::take_bit(std::uint64_t& in_use) {
  if (in_use == ~std::uint64_t{0}) {
    throw std::runtime_error("more than 64 collectors, those that still leave among them");
  }
  while ((in_use >> next_bit_ & 1U) != 0) next_bit_ = (next_bit_ + 1) % max_collectors;
  in_use |= std::uint64_t{1} << next_bit_;
  return std::exchange(next_bit_, (next_bit_ + 1) % max_collectors);
}

/// Of the two that share a bit, one leaves where the other begins.
unsigned CollectorSet::bit_for(const std::string& name, std::uint64_t& in_use) {
  const auto same = std::find_if(present_.begin(), present_.end(),
                                 [&](const Owned& one) { return one->name() == name; });
  return same != present_.end() ? (*same)->place().bit : take_bit(in_use);
}

void CollectorSet::make_threads() { for_each(make_threads_of); }

void CollectorSet::start() {
  started_ = true;
  for_each([](Collector& one) { one.start(); });
  look_at_health();
}

void CollectorSet::pump() {
  for_each([](Collector& one) { one.pump(); });
}

void CollectorSet::drain() {
  for_each([](Collector& one) { one.drain(); });
}

void CollectorSet::stop(const std::string& why) {
  health_alarm_.stop();
  for_each([&](Collector& one) { one.stop(why); });
}

void CollectorSet::relieve() {
  for_each([this](Collector& one) {
    if (must_make_way(one)) one.make_way();
  });
}

/// One alone makes way only for producers that do not wait, and only if its frames find another place.
bool CollectorSet::must_make_way(const Collector& one) const {
  const double behind = one.cursor().unconfirmed_share();
  if (one.finished() || one.cursor().kept_share() < Collector::full_share || behind < slow_share)
    return false;
  const bool has_spool = one.options().spool.has_value();
  const bool waited_for = one.options().producers_wait;
  if (has_spool && !waited_for) return true;
  bool holds_others_up = false;
  for_each([&](const Collector& other) {
    const bool is_faster = other.cursor().unconfirmed_share() < behind / 2;
    holds_others_up = holds_others_up || (other.keeps_up() && is_faster);
  });
  return holds_others_up && (has_spool || !waited_for);
}

/// Again and again, as long as there are pools that want to know.
void CollectorSet::look_at_health() {
  std::uint64_t failed = 0;
  auto next_look = longest_look;
  bool is_wanted = false;
  for (std::size_t i = 0; i < present_.size(); ++i) {
    if (!in_pools_[i]) continue;
    Collector& one = *present_[i];
    const auto health = one.options().health.value_or(HealthOptions{});
    is_wanted = true;
    next_look = std::min(next_look, health.fail_after / looks_before_failure);
    if (!one.look_at_health()) failed |= std::uint64_t{1} << one.place().bit;
  }
  healthy_.store(~failed, std::memory_order_relaxed);
  if (!is_wanted) return health_alarm_.stop();
  health_alarm_.set(std::max(next_look, shortest_look), [this] {
    look_at_health();
    host_.settle();
  });
}

CollectorNeeds CollectorSet::needs() const {
  CollectorNeeds all;
  for_each([&](const Collector& one) {
    all.released = std::min(all.released, one.released());
    all.wake_position = std::min(all.wake_position, one.wake_position());
    all.flush_mark = std::min(all.flush_mark, one.flush_mark());
    all.busy = all.busy || one.busy();
    all.finished = all.finished && one.finished();
  });
  all.some_departed = std::any_of(leaving_.begin(), leaving_.end(),
                                  [](const Leaving& one) { return one.collector->finished(); });
  return all;
}

void CollectorSet::reap() {
  std::erase_if(leaving_, [this](const Leaving& one) {
    if (!one.collector->finished()) return false;
    add(departed_[one.place], *one.collector, one.collector->end());
    return true;
  });
  while (departed_.size() > max_departed && forget_one()) {
  }
}

/// The one that has been away for longest. Names of addresses come and go for as long as we run.
bool CollectorSet::forget_one() {
  std::size_t oldest = departed_.size();
  for (std::size_t i = 0; i < departed_.size(); ++i) {
    const bool is_needed = std::any_of(leaving_.begin(), leaving_.end(),
                                       [&](const Leaving& one) { return one.place == i; });
    const bool is_older = oldest == departed_.size() || departed_[i].end < departed_[oldest].end;
    if (!is_needed && is_older) oldest = i;
  }
  if (oldest == departed_.size()) return false;
  departed_.erase(departed_.begin() + static_cast<std::ptrdiff_t>(oldest));
  for (Leaving& one : leaving_) one.place -= one.place > oldest ? 1 : 0;
  return true;
}

/// Found when it begins to leave: they do so in the order in which they came, and may be finished in
/// another. Times of one name that overlap must not be added up: there were two of it.
std::size_t CollectorSet::place_of(const Collector& collector) {
  const auto first = collector.place().first_frame;
  auto same = std::find_if(departed_.begin(), departed_.end(), [&](const Departed& one) {
    return one.sum.name == collector.name() && one.end <= first;
  });
  if (same == departed_.end()) {
    same = departed_.insert(departed_.end(), Departed{});
    same->sum.name = collector.name();
  }
  same->taken += collector.end() - first;
  same->end = collector.end();
  return static_cast<std::size_t>(same - departed_.begin());
}

void CollectorSet::add(Departed& to, Collector& collector, std::uint64_t head) {
  CollectorSnapshot last = collector.snapshot(head);
  to.sum.frames += last.frames;
  to.sum.connects += last.connects;
  to.sum.disconnects += last.disconnects;
  to.sum.kept_bytes += last.kept_bytes;
  to.sum.lag += last.lag;
  if (last.spool) {
    if (!to.sum.spool) to.sum.spool.emplace();
    *to.sum.spool += *last.spool;
    to.sum.spool_folder = std::move(last.spool_folder);
  }
  if (last.files) {
    if (!to.sum.files) to.sum.files.emplace();
    *to.sum.files += *last.files;
  }
  if (!last.last_error.empty()) to.sum.last_error = std::move(last.last_error);
  if (collector.end() == to.end) to.sum.state = last.state;
}

std::vector<CollectorSnapshot> CollectorSet::present(std::uint64_t head) {
  std::vector<CollectorSnapshot> out;
  const std::uint64_t healthy = healthy_.load(std::memory_order_relaxed);
  for (std::size_t i = 0; i < present_.size(); ++i) {
    out.push_back(present_[i]->snapshot(head));
    if (in_pools_[i]) out.back().healthy = (healthy >> present_[i]->place().bit & 1U) != 0;
  }
  return out;
}

std::vector<CollectorSnapshot> CollectorSet::departed(std::uint64_t head) {
  std::vector<Departed> all = departed_;
  for (const Leaving& one : leaving_) add(all[one.place], *one.collector, head);
  std::vector<CollectorSnapshot> out;
  for (Departed& one : all) {
    one.sum.passed_before = one.end - one.taken;
    one.sum.passed_after = head - one.end;
    out.push_back(std::move(one.sum));
  }
  return out;
}

}  // namespace heptap
