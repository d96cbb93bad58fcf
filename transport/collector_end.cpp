// How a collector ends: its own threads do first, then its spool. Each is asked to, and has its time;
// meanwhile the other collectors go on.
#include "transport/collector.hpp"

#include <utility>

namespace heptap {

void Collector::give_up(const std::string& why) {
  if (is_over()) return;
  begin_end({.why = why, .may_close = draining_});
}

void Collector::stop(const std::string& why) {
  if (is_over()) return;
  take_new_frames();
  begin_end({.why = why, .may_close = true});
}

void Collector::finish() {
  if (is_over()) return;
  begin_end({.why = {}, .may_close = true});
}

void Collector::begin_end(End end) {
  if (spool_ && has_connection() && cursor_.counters().held() > 0) take_back();
  end.has_all = cursor_.counters().queued == 0;
  end.lost_before = cursor_.counters().lost.total();
  end_ = std::move(end);
  wait_for_threads();
}

void Collector::go_on_ending() {
  switch (end_->waits_for) {
    case End::Wait::threads: return wait_for_threads();
    case End::Wait::room: return wait_for_room();
    case End::Wait::spool: return;  // spool_has_ended() goes on
  }
}

/// What it waits for has had its time.
void Collector::stop_waiting() {
  switch (end_->waits_for) {
    case End::Wait::threads:
      if (!end_threads()) leave_threads();
      return wait_for_threads();
    case End::Wait::room: return finish_spool();
    case End::Wait::spool: return let_spool_go();
  }
}

void Collector::set_end_alarm() {
  end_alarm_.set(DiskThread::last_wait, [this] {
    stop_waiting();
    host_.settle();
  });
}

/// Without a spool, what is in the ring has nowhere to go, and others need the room.
void Collector::wait_for_threads() {
  if (end_threads()) return spool_ ? end_with_spool() : close_or_lose();
  if (!spool_) cursor_.lose_waiting(&DeliveryLosses::given_up);
  if (end_alarm_.pending()) return;
  let_go();
  enter_state(spool_ ? CollectorState::spooling : CollectorState::closing);
  set_end_alarm();
}

void Collector::end_with_spool() {
  let_go();
  enter_state(CollectorState::spooling);
  end_->waits_for = End::Wait::room;
  set_end_alarm();
  wait_for_room();
}

/// What it holds goes to the spool as that has room. What is in doubt is older than what is in the ring.
void Collector::wait_for_room() {
  const bool no_doubts = spool_doubts();
  if (no_doubts) spool_held();
  end_->has_all = no_doubts && cursor_.counters().queued == 0;
  if (end_->has_all || !spool_->may_take()) return finish_spool();
  pump_later();
}

void Collector::finish_spool() {
  end_->waits_for = End::Wait::spool;
  spool_->finish();
  set_end_alarm();
}

void Collector::spool_has_ended() {
  if (spool_) let_spool_go();
}

/// Where the disk hangs, or a name server or a library it is sent with, its thread stays, with what it has:
/// that may come to be in the folder yet.
void Collector::let_spool_go() {
  if (spool_->has_ended()) {
    spool_end_ = spool_->counters();
    spool_.reset();
  } else {
    spool_end_ = spool_->counters_without_disk();
    host_.report(EventLevel::error,
                 name_ + ": the disk of " + options_.spool->folder.string() +
                     ", or who is sent what is there, does not answer, and is " +
                     "waited for no more: " + std::to_string(spool_end_->lost.disk) +
                     " frames for the spool are lost");
    DiskThread::leave_behind(std::move(spool_));
  }
  close_or_lose();
}

void Collector::close_or_lose() {
  const DeliveryCounters& now = cursor_.counters();
  const bool has_all = end_->has_all && now.in_doubt == 0 && now.lost.total() == end_->lost_before;
  if (!end_->may_close || !has_all) return lose_rest(end_->why);
  let_go();
  cursor_.abandon();
  enter_state(CollectorState::closed);
}

void Collector::lose_rest(const std::string& why) {
  enter_state(CollectorState::given_up);
  drop_doubts();
  cursor_.enter();
  cursor_.abandon();
  let_go();
  const std::string cause = last_error_.empty() ? "" : " (" + last_error_ + ")";
  host_.report(EventLevel::error, name_ + ": given up, " + why + cause + ": " +
                                      std::to_string(cursor_.counters().lost.total()) +
                                      " frames lost so far");
}

/// Of the connection, and of all that is waited for.
void Collector::let_go() {
  epoch_.end();
  waits_for_room_ = false;
  state_alarm_.stop();
  flush_alarm_.stop();
  watchdog_.stop();
  leave_alarm_.stop();
  end_alarm_.stop();
  disconnect();
}

}  // namespace heptap
