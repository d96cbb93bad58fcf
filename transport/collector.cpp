#include "transport/collector.hpp"

#include <algorithm>
#include <utility>

namespace heptap {

namespace {

constexpr std::size_t looks_in_a_ring = 16;
constexpr std::chrono::milliseconds room_delay{5};  // a disk writes what a spool has room for

std::string name_of(const CollectorOptions& options) {
  if (!options.name.empty()) return options.name;
  return options.kafka ? to_string(*options.kafka) : to_string(options.endpoint);
}

}  // namespace

Collector::Collector(CollectorHost& host, CollectorPlace place, CollectorOptions options)
    : host_(host),
      place_(place),
      options_(std::move(options)),
      cursor_(host.ring(), place.bit, options_.resend_bytes, place.first_frame),
      rate_limit_(options_.frames_per_second),
      state_alarm_(host.io()),
      flush_alarm_(host.io()),
      name_(name_of(options_)),
      backoff_(options_.backoff_min),
      watchdog_(host.io()),
      leave_alarm_(host.io()),
      end_alarm_(host.io()),
      health_(options_.health.value_or(HealthOptions{})) {}

void Collector::start() {
  if (state_ != CollectorState::idle) return;
  down_since_ = std::chrono::steady_clock::now();
  make_threads();
  connect();
}

void Collector::make_threads() {
  if (options_.spool && !spool_) begin_spool();
}

void Collector::connection_up(const std::string& detail) {
  state_alarm_.stop();
  enter_state(CollectorState::up);
  ++connects_;
  host_.report(EventLevel::info, name_ + ": " + with_place("up") + detail);
}

void Collector::connection_lost(const std::string& why) {
  note_error(with_place(why));  // first: `why` may belong to the connection
  ++disconnects_;
  epoch_.end();
  waits_for_room_ = false;
  flush_alarm_.stop();
  disconnect();
  down_since_ = std::chrono::steady_clock::now();
  back_off();
}

void Collector::back_off() {
  if (draining_ && is_done()) return finish();
  enter_state(CollectorState::backoff);
  std::uniform_real_distribution<double> share(0.5, 1.0);
  const std::chrono::duration<double, std::milli> delay = share(jitter_) * backoff_;
  backoff_ = std::min(backoff_ * 2, options_.backoff_max);
  state_alarm_.set(std::chrono::duration_cast<std::chrono::steady_clock::duration>(delay), [this] {
    connect();
    host_.settle();
  });
  if (spool_) pump_later();  // who waits for room in a full ring does not wake it
  watch_progress();
}

void Collector::drain() {
  if (finished()) return;
  draining_ = true;
  pump();
}

void Collector::leave(std::uint64_t end, std::chrono::milliseconds patience) {
  cursor_.leave(end);
  if (finished()) return cursor_.abandon();
  host_.report(EventLevel::info, name_ + ": leaves, with " +
                                     std::to_string(cursor_.counters().held()) +
                                     " frames to be sent before");
  drain();
  if (finished()) return;
  leave_alarm_.set(patience, [this] {
    stop("no time is left");
    host_.settle();
  });
}

/// What is published is read first: frames that come in between are seen twice, never overlooked.
void Collector::take_new_frames() noexcept {
  seen_bytes_ = host_.ring().published_bytes();
  flush_mark_ = host_.ring().flush_mark();
  cursor_.enter();
}

void Collector::pump() {
  take_new_frames();
  if (finished()) return cursor_.abandon();
  if (end_) return go_on_ending();
  if (spool_) use_spool();
  if (end_) return;
  has_connection() ? write_due() : wait_while_down();
  if (end_) return;
  if (draining_ && !has_connection() && is_done()) return finish();
  watch_progress();
  const bool waits_alone = state_ == CollectorState::up ? !waits_for_room_ : spool_ != nullptr;
  if (waits_alone && cursor_.backlog_bytes() > 0) pump_later();
  if (waits_for_spool() || state_ == CollectorState::spooling) pump_later();
}

void Collector::pump_later() {
  if (flush_alarm_.pending()) return;
  const bool waits_for_room = spool_ && goes_to_spool() && cursor_.counters().queued > 0;
  flush_alarm_.set(
      waits_for_room ? std::min(options_.flush_delay, room_delay) : options_.flush_delay, [this] {
        host_.fetch();
        flush_until_ = host_.ring().head();
        pump();
        host_.settle();
      });
}

std::uint64_t Collector::frames_allowed() noexcept {
  const std::uint64_t most = options_.coalesce ? FrameRing::never : 1;
  if (!rate_limit_.is_set()) return most;
  return std::min(most, rate_limit_.allowed(std::chrono::steady_clock::now()));
}

bool Collector::write_is_due() noexcept {
  if (cursor_.all_written() || frames_allowed() == 0) return false;
  return draining_ || !options_.coalesce || cursor_.backlog_bytes() >= options_.flush_bytes ||
         cursor_.must_flush(std::max(flush_mark_, flush_until_));
}

std::uint64_t Collector::wake_position() const noexcept {
  constexpr std::uint64_t abandoned_at_once = 64 * 1024;
  const auto backlog = cursor_.backlog_bytes();
  if (cursor_.leaves()) return FrameRing::never;
  if (finished() || (end_ && !spool_)) return seen_bytes_ + abandoned_at_once;
  if (backlog == 0) return seen_bytes_ + (flush_alarm_.pending() ? options_.flush_bytes : 1);
  const bool writes = state_ == CollectorState::up && !waits_for_room_;
  if (writes && backlog < options_.flush_bytes) return seen_bytes_ + options_.flush_bytes - backlog;
  // Whoever else is too slow has to be seen before the ring is full.
  return writes ? FrameRing::never : seen_bytes_ + host_.ring().size_bytes() / looks_in_a_ring;
}

void Collector::watch_progress() {
  if (!options_.give_up_after) return;
  if (!has_outstanding() && !waits_for_spool()) return watchdog_.stop();
  if (watchdog_.pending()) return;
  last_progress_ = std::chrono::steady_clock::now();
  watchdog_.set(*options_.give_up_after, [this] {
    check_progress();
    host_.settle();
  });
}

void Collector::check_progress() {
  if (!has_outstanding() && !waits_for_spool()) return;
  if (look_for_progress()) made_progress();
  if (spool_moved()) last_progress_ = std::chrono::steady_clock::now();
  const auto waited = std::chrono::steady_clock::now() - last_progress_;
  if (waited >= *options_.give_up_after) {
    if (spools_instead()) return watch_progress();
    return give_up("no progress for " + std::to_string(options_.give_up_after->count()) + " ms");
  }
  watchdog_.set(*options_.give_up_after - waited, [this] {
    check_progress();
    host_.settle();
  });
}

void Collector::made_progress() {
  last_progress_ = std::chrono::steady_clock::now();
  backoff_ = options_.backoff_min;
  last_error_.clear();
}

/// A fault that lasts is reported once, not at each attempt: being up again says little, a refusal
/// may follow.
void Collector::note_error(const std::string& why) {
  if (why == last_error_) return;
  last_error_ = why;
  host_.report(EventLevel::warning, name_ + ": " + why);
}

CollectorSnapshot Collector::snapshot(std::uint64_t head) {
  cursor_.enter(head);
  if (finished()) cursor_.abandon();
  CollectorSnapshot now;
  now.name = name_;
  now.state = state_;
  now.frames = cursor_.counters();
  now.connects = connects_;
  now.disconnects = disconnects_;
  now.last_error = last_error_;
  now.passed_before = place_.first_frame;
  now.passed_after = cursor_.leaves() ? head - cursor_.end() : 0;
  now.kept_bytes = cursor_.kept_bytes();
  now.unconfirmed_bytes = cursor_.unconfirmed_bytes();
  now.spool = spool_ ? spool_->counters() : spool_end_;
  if (now.spool) now.spool_folder = options_.spool->folder;
  now.files = files();
  now.lag = cursor_.lag();
  now.peers = peers();
  return now;
}

}  // namespace heptap
