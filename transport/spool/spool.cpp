#include "transport/spool/spool.hpp"

#include "transport/wall_clock.hpp"

#include <unistd.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace heptap {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds idle_wait{250};
constexpr std::chrono::milliseconds send_every{2};
constexpr std::chrono::milliseconds send_seldom{20};  // the peer takes nothing just now
constexpr std::chrono::seconds open_again_after{1};
constexpr std::chrono::seconds send_again_after{1};
constexpr std::chrono::seconds tell_every{60};
constexpr std::chrono::seconds hurry_for{1};  // the processor is wanted by others then

std::string why_not(const std::system_error& error, const std::filesystem::path& folder) {
  if (error.code() == std::errc::device_or_resource_busy) {
    return folder.string() + " is in use, by another process or by a collector that leaves";
  }
  const bool is_refused = error.code() == std::errc::permission_denied;
  return error.what() + (is_refused ? " to uid " + std::to_string(::geteuid()) : "");
}

std::chrono::milliseconds until(Clock::time_point time) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(time - Clock::now());
  return std::max(left, std::chrono::milliseconds(0));
}

/// gives     less when a frame was given to the sender, and when one was settled
std::uint64_t steps_left(const SpoolStore& store) { return 2 * store.unread() + store.given(); }

SpoolStore::Now now() { return {.steady = Clock::now(), .wall_us = wall_time_us()}; }

}  // namespace

Spool::Spool(CollectorOptions collector, std::string name, EventSink events,
             std::function<void()> ended)
    : DiskThread(std::move(name), std::move(events), std::move(ended)),
      collector_(std::move(collector)) {
  begin([this] { run(); });
}

Spool::~Spool() {
  finish();
  join();
}

void Spool::set_pace(SpoolPace pace) {
  if (pace_.exchange(pace) != pace) inbox_.wake();
}

void Spool::finish() {
  if (!ends_.exchange(true)) inbox_.wake();
}

SpoolCounters Spool::counters() const {
  SpoolCounters out = written();
  const std::uint64_t put = std::max(put_.load(std::memory_order_relaxed), out.taken);
  out.held += put - std::exchange(out.taken, put);
  return out;
}

SpoolCounters Spool::counters_without_disk() const {
  SpoolCounters out = written();
  const std::uint64_t put = std::max(put_.load(std::memory_order_relaxed), out.taken);
  out.lost.disk += put - std::exchange(out.taken, put);
  out.peers.clear();
  return out;
}

SpoolCounters Spool::written() const {
  const std::lock_guard lock(mutex_);
  return counters_;
}

/// The folder is another's from the end on, though this may be destroyed later.
void Spool::run() {
  while (!open()) {
    has_looked_ = true;
    if (ends_) return;
    (void)inbox_.take(open_again_after);
  }
  has_looked_ = true;
  work(*store_);
  store_.reset();
}

/// gives     whether there is a folder that can be used
bool Spool::open() {
  try {
    store_ =
        std::make_unique<SpoolStore>(collector_.spool->folder, collector_.spool->limits, now());
  } catch (const std::system_error& error) {
    if (error.code() != last_error_) {
      tell(EventLevel::error, "no spool: " + why_not(error, collector_.spool->folder));
    }
    last_error_ = error.code();
    return false;
  }
  const SpoolCounters found = store_->counters();
  if (found.quarantined != 0) {
    tell(EventLevel::warning, std::to_string(found.quarantined) + " files in " +
                                  store_->folder().string() +
                                  " cannot be used, and were renamed to *.bad");
  }
  if (found.held != 0) {
    tell(EventLevel::info, std::to_string(found.held) + " frames of an earlier run wait in " +
                               store_->folder().string());
  }
  if (std::exchange(last_error_, {})) tell(EventLevel::info, "the spool can be used");
  publish(*store_);
  usable_ = true;
  return true;
}

void Spool::work(SpoolStore& store) {
  write_and_send(store);
  sending_.peers.clear();
  unsynced_ = true;
  sync_when_due(store, true);
  publish(store);
}

/// What was sent when it ends is settled.
void Spool::write_and_send(SpoolStore& store) {
  SpoolSender sender(store, collector_);
  while (!ends_) {
    const SpoolPace pace = pace_;
    const bool sends = sender.active() || (pace != SpoolPace::none && store.unread() > 0);
    const auto longest = sends ? std::min(until(send_next_at_), idle_wait) : idle_wait;
    if (auto block = inbox_.take(longest)) write(store, std::move(block));
    send(sender, pace);
    // Not only with the disk: what was sent since is sent twice when this process is killed.
    if (const auto error = store.save_position()) note_error(error);
    store.expire(now());
    sync_when_due(store, false);
    sending_ = sender.sending();
    arrived_ = sender.arrived();
    publish(store);
    note_losses(store.counters().lost);
  }
  write_rest(store);
}

/// Before the sender ends: its peers may take longer than anybody waits for a disk.
void Spool::write_rest(SpoolStore& store) {
  while (auto block = inbox_.take(std::chrono::milliseconds(0))) {
    write(store, std::move(block));
  }
  unsynced_ = true;
  sync_when_due(store, true);
}

/// Threads and descriptors may run out: then frames stay where they are for a while.
void Spool::send(SpoolSender& sender, SpoolPace pace) {
  if (Clock::now() < send_next_at_) return;
  try {
    const std::uint64_t before = steps_left(*store_);
    sender.work(pace);
    const bool has_moved = steps_left(*store_) != before;
    send_next_at_ = Clock::now() + (has_moved ? send_every : send_seldom);
    last_failure_.clear();
  } catch (const std::runtime_error& error) {
    send_next_at_ = Clock::now() + send_again_after;
    if (std::exchange(last_failure_, error.what()) == error.what()) return;
    tell(EventLevel::error, "the spool cannot be sent now: " + last_failure_);
  }
}

void Spool::write(SpoolStore& store, FrameInbox::Block block) {
  note_error(store.append(*block, haste(store), now()));
  publish(store);
  inbox_.recycle(std::move(block));
  unsynced_ = true;
  if (collector_.spool->sync_every.count() == 0) sync_when_due(store, true);
}

/// What is not compressed needs several times the disk.
SpoolHaste Spool::haste(const SpoolStore& store) {
  if (inbox_.crowded()) hurries_until_ = Clock::now() + hurry_for;
  return Clock::now() < hurries_until_ && store.is_roomy() ? SpoolHaste::quick : SpoolHaste::none;
}

void Spool::sync_when_due(SpoolStore& store, bool at_once) {
  const auto time = Clock::now();
  if (!at_once && time - last_sync_ < collector_.spool->sync_every) return;
  last_sync_ = time;
  if (!std::exchange(unsynced_, false)) return;
  if (const auto error = store.sync()) note_error(error);
}

void Spool::publish(const SpoolStore& store) {
  const std::lock_guard lock(mutex_);
  counters_ = store.counters();
  counters_.resent = sending_.resent;
  counters_.not_closed = sending_.not_closed;
  counters_.peers = sending_.peers;
}

/// What a person can still do something about is told while it goes on, but not at each block.
void Spool::note_losses(const SpoolLosses& lost) {
  const std::uint64_t old = lost.size + lost.age - told_.size - told_.age;
  told_.damage = std::min(told_.damage, lost.damage);  // damage that is read again is counted again
  const std::uint64_t damaged = lost.damage - told_.damage;
  if ((old == 0 && damaged == 0) || Clock::now() - last_told_ < tell_every) return;
  last_told_ = Clock::now();
  told_ = lost;
  if (old != 0) {
    tell(EventLevel::warning,
         std::to_string(old) + " frames in the spool were too many, or too old");
  }
  if (damaged != 0) {
    tell(EventLevel::error, std::to_string(damaged) + " frames in the spool were damaged");
  }
}

/// A fault that lasts is told once.
void Spool::note_error(const std::error_code& error) {
  if (error == last_error_) return;
  last_error_ = error;
  if (error) {
    tell(EventLevel::error,
         "frames for the spool are lost, " + store_->folder().string() + ": " + error.message());
  } else {
    tell(EventLevel::info, "the spool can be written again");
  }
}

}  // namespace heptap
