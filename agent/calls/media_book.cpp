#include "agent/calls/media_book.hpp"

#include <algorithm>

#include "agent/calls/media_room.hpp"

namespace heptap {
namespace {

constexpr std::size_t shards_of_shared = 64;

// Most calls have two streams, each reported on by one receiver.
constexpr std::size_t streams_a_call = 3;
constexpr std::size_t receptions_a_call = 3;
constexpr std::size_t srtcp_a_call = 2;
constexpr std::size_t phone_reports_a_call = 2;
constexpr std::size_t events_a_call = 8;

template <class Record>
void hand_over(ChainPool<Record>& pool, std::uint32_t& chain, auto& out) noexcept {
  for (std::uint32_t at = chain; at != no_node; at = pool[at].next) {
    out.push_back(pool[at]);
  }
  pool.clear(chain);
}

// Whether both are of one phone and media. Of phones that are not known, those that say the same are one.
bool is_of_same(const PhoneRecord& one, const PhoneRecord& now) noexcept {
  if (one.type != now.type || one.is_reporter_known != now.is_reporter_known) return false;
  if (one.is_reporter_known) return one.reporter == now.reporter;
  return !one.is_final || (one.received == now.received && one.sent == now.sent);
}

}  // namespace

MediaBookCounts& MediaBookCounts::operator+=(const MediaBookCounts& other) noexcept {
  opened += other.opened;
  taken += other.taken;
  expired += other.expired;
  evicted += other.evicted;
  not_kept += other.not_kept;
  return *this;
}

MediaBookShard::MediaBookShard(std::size_t max_calls, std::int64_t max_age_us)
    : max_calls_(std::max<std::size_t>(max_calls, 1)),
      max_age_us_(max_age_us),
      index_(max_calls_),
      streams_(streams_a_call * max_calls_ + CallMedia::max_streams),
      receptions_(receptions_a_call * max_calls_ + CallMedia::max_receptions),
      srtcp_(srtcp_a_call * max_calls_ + CallMedia::max_srtcp),
      phone_reports_(phone_reports_a_call * max_calls_ + CallMedia::max_phone_reports),
      events_(events_a_call * max_calls_ + CallMedia::max_events) {
  entries_.reserve(max_calls_);
  free_.reserve(max_calls_);
}

// What goes on after its end, such as after a hold, is another stream: the figures of both count.
void MediaBookShard::add(const StreamReport& report) noexcept {
  Entry& entry = entry_of(report.owner.call_hash, report.time_us);
  entry.spans[static_cast<std::size_t>(report.owner.sender)].add(report.figures.first_ns,
                                                                 report.figures.last_ns);
  for (std::uint32_t at = entry.streams; at != no_node; at = streams_[at].next) {
    StreamRecord& one = streams_[at];
    const bool is_it = one.ssrc == report.ssrc && one.flow == report.flow && !one.is_final;
    if (is_it) return add_report(one, report);
  }
  auto* const one = append(entry, streams_, entry.streams, CallMedia::max_streams, [&] {
    return lightest(streams_, entry.streams, report.figures.counts.packets());
  });
  if (one != nullptr) add_report(*one, report);
}

// A receiver that is there reports again: one report makes room for another.
void MediaBookShard::add(const ReceptionReport& report) noexcept {
  Entry& entry = entry_of(report.owner.call_hash, report.time_us);
  for (std::uint32_t at = entry.receptions; at != no_node; at = receptions_[at].next) {
    ReceptionRecord& one = receptions_[at];
    if (one.ssrc == report.ssrc && one.reporter == report.reporter) {
      return add_report(one, report);
    }
  }
  auto* const one = append(entry, receptions_, entry.receptions, CallMedia::max_receptions,
                           [&] { return lightest(receptions_, entry.receptions, 2); });
  if (one != nullptr) add_report(*one, report);
}

void MediaBookShard::add(const SrtcpReport& report) noexcept {
  Entry& entry = entry_of(report.owner.call_hash, report.time_us);
  for (std::uint32_t at = entry.srtcp; at != no_node; at = srtcp_[at].next) {
    SrtcpRecord& one = srtcp_[at];
    if (one.ssrc == report.ssrc && one.flow == report.flow) return add_report(one, report);
  }
  auto* const one = append(entry, srtcp_, entry.srtcp, CallMedia::max_srtcp,
                           [&] { return lightest(srtcp_, entry.srtcp, report.packets + 1ULL); });
  if (one != nullptr) add_report(*one, report);
}

// A phone says it again, and better: its last report counts, and none that was on the way to the end
// counts behind the one at the end.
void MediaBookShard::add(const PhoneReport& report) noexcept {
  Entry& entry = entry_of(report.call_hash, report.time_us);
  const PhoneRecord now = record_of(report);
  for (std::uint32_t at = entry.phone_reports; at != no_node; at = phone_reports_[at].next) {
    PhoneRecord& one = phone_reports_[at];
    if (!is_of_same(one, now)) continue;
    if (one.is_final && !now.is_final) return;
    const std::uint32_t next = one.next;
    one = now;
    one.next = next;
    return;
  }
  auto* const one = append(entry, phone_reports_, entry.phone_reports, CallMedia::max_phone_reports,
                           [] { return no_node; });
  if (one == nullptr) return;
  const std::uint32_t next = one->next;
  *one = now;
  one->next = next;
}

void MediaBookShard::add(const MediaEventReport& event) noexcept {
  Entry& entry = entry_of(event.owner.call_hash, event.time_us);
  auto* const one = append(entry, events_, entry.events, CallMedia::max_events,
                           [&] { return last_of_most(events_, entry.events, event.kind); });
  if (one == nullptr) return;
  const std::uint32_t next = one->next;
  *one = record_of(event);
  one->next = next;
}

void MediaBookShard::note_media(std::uint64_t call_hash, std::int64_t time_us) noexcept {
  const std::uint32_t slot = index_.find(call_hash);
  if (slot != SlotIndex::none) entries_[slot].last_us = std::max(entries_[slot].last_us, time_us);
}

bool MediaBookShard::take(std::uint64_t call_hash, CallMedia& out) noexcept {
  out.clear();
  const std::uint32_t slot = index_.find(call_hash);
  if (slot == SlotIndex::none) return false;
  Entry& entry = entries_[slot];
  hand_over(streams_, entry.streams, out.streams);
  hand_over(receptions_, entry.receptions, out.receptions);
  hand_over(srtcp_, entry.srtcp, out.srtcp);
  hand_over(phone_reports_, entry.phone_reports, out.phone_reports);
  hand_over(events_, entry.events, out.events);
  out.spans = entry.spans;
  out.not_kept = entry.not_kept;
  leave(slot);
  ++counts_.taken;
  return true;
}

TableUse MediaBookShard::use() const noexcept {
  TableUse use;
  use.entries = index_.size();
  use.max_entries = max_calls_;
  use.memory_bytes = entries_.capacity() * sizeof(Entry) + index_.memory_bytes() +
                     free_.capacity() * sizeof(std::uint32_t) + streams_.memory_bytes() +
                     receptions_.memory_bytes() + srtcp_.memory_bytes() +
                     phone_reports_.memory_bytes() + events_.memory_bytes();
  return use;
}

MediaBookShard::Entry& MediaBookShard::entry_of(std::uint64_t hash, std::int64_t time_us) noexcept {
  std::uint32_t slot = index_.find(hash);
  if (slot == SlotIndex::none) {
    slot = free_slot(time_us);
    index_.insert(hash, slot);
    entries_[slot] = {.hash = hash, .last_us = time_us, .is_used = true};
    ++counts_.opened;
  }
  Entry& entry = entries_[slot];
  entry.last_us = std::max(entry.last_us, time_us);
  return entry;
}

std::uint32_t MediaBookShard::free_slot(std::int64_t now_us) noexcept {
  sweep(now_us);
  if (free_.empty() && entries_.size() == max_calls_) evict_one();
  if (!free_.empty()) {
    const std::uint32_t slot = free_.back();
    free_.pop_back();
    return slot;
  }
  entries_.emplace_back();
  return static_cast<std::uint32_t>(entries_.size() - 1);
}

// Two entries for each one that comes: the hand passes all of them before they can fill again.
void MediaBookShard::sweep(std::int64_t now_us) noexcept {
  for (int step = 0; step < 2 && !entries_.empty(); ++step) {
    step_hand();
    const Entry& entry = entries_[hand_];
    if (!entry.is_used || now_us - entry.last_us <= max_age_us_) continue;
    leave(static_cast<std::uint32_t>(hand_));
    ++counts_.expired;
  }
}

// The one of the next eight that has been silent longest: close enough to the oldest, and cheap.
void MediaBookShard::evict_one() noexcept {
  std::size_t oldest = hand_;
  for (std::size_t i = 0; i < std::min<std::size_t>(8, entries_.size()); ++i) {
    step_hand();
    if (entries_[hand_].last_us < entries_[oldest].last_us) oldest = hand_;
  }
  leave(static_cast<std::uint32_t>(oldest));
  ++counts_.evicted;
}

void MediaBookShard::leave(std::uint32_t slot) noexcept {
  Entry& entry = entries_[slot];
  streams_.clear(entry.streams);
  receptions_.clear(entry.receptions);
  srtcp_.clear(entry.srtcp);
  phone_reports_.clear(entry.phone_reports);
  events_.clear(entry.events);
  index_.erase(slot);
  entry.is_used = false;
  free_.push_back(slot);
}

// Where the call, or the pool, has no room left, something is not kept: this one or that which makes
// room.
// spare_of  gives what would make room in this chain, or no_node
// gives     null: it is this one
template <class Node, class SpareOf>
Node* MediaBookShard::append(Entry& entry, ChainPool<Node>& pool, std::uint32_t& chain,
                             std::size_t most, SpareOf&& spare_of) noexcept {
  const bool is_full = pool.length(chain) >= most;
  std::uint32_t at = is_full ? no_node : pool.push_back(chain);
  if (at != no_node) return &pool[at];
  ++entry.not_kept;
  ++counts_.not_kept;
  const std::uint32_t spare = spare_of();
  if (spare == no_node) return nullptr;
  pool.erase(chain, spare);
  at = pool.push_back(chain);
  return &pool[at];
}

MediaBook::MediaBook(const MediaBookLimits& limits)
    : shards_(limits.shared, shards_of_shared, [&](std::size_t shards) {
        return MediaBookShard((limits.max_calls + shards - 1) / shards, limits.max_age_us);
      }) {}

void MediaBook::on_stream(const StreamReport& report) noexcept {
  shards_.with(report.owner.call_hash, [&](MediaBookShard& calls) { calls.add(report); });
}

void MediaBook::on_event(const MediaEventReport& event) noexcept {
  shards_.with(event.owner.call_hash, [&](MediaBookShard& calls) { calls.add(event); });
}

void MediaBook::on_reception(const ReceptionReport& report) noexcept {
  shards_.with(report.owner.call_hash, [&](MediaBookShard& calls) { calls.add(report); });
}

void MediaBook::on_srtcp(const SrtcpReport& report) noexcept {
  shards_.with(report.owner.call_hash, [&](MediaBookShard& calls) { calls.add(report); });
}

void MediaBook::on_phone_report(const PhoneReport& report) noexcept {
  shards_.with(report.call_hash, [&](MediaBookShard& calls) { calls.add(report); });
}

void MediaBook::on_media(std::uint64_t call_hash, std::int64_t time_us) noexcept {
  shards_.with(call_hash, [&](MediaBookShard& calls) { calls.note_media(call_hash, time_us); });
}

bool MediaBook::take(std::uint64_t call_hash, CallMedia& out) noexcept {
  return shards_.with(call_hash, [&](MediaBookShard& calls) { return calls.take(call_hash, out); });
}

MediaBookCounts MediaBook::counts() const {
  return shards_.sum([](const MediaBookShard& calls) { return calls.counts(); });
}

TableUse MediaBook::use() const {
  return shards_.sum([](const MediaBookShard& calls) { return calls.use(); });
}

}  // namespace heptap
