// How a producer of Kafka ends: when nothing is produced any more it gives back what it has. Each is waited
// for, not for ever, and meanwhile the other collectors go on.
#include "transport/kafka/kafka_collector.hpp"
#include "transport/kafka/kafka_outcome.hpp"

#include <boost/asio/post.hpp>

#include <utility>

namespace heptap {
namespace {

using Clock = std::chrono::steady_clock;

}  // namespace

/// The next one is made when this one has given back what it has: see connect().
void KafkaCollector::begin_anew(const std::string& why) {
  if (is_over() || useless_since_) return;
  useless_since_ = Clock::now();
  if (state() == CollectorState::up) {
    connection_lost(why);
  } else if (state() == CollectorState::connecting) {
    note_error(why);
    back_off();
  }
  (void)end_threads();
}

/// gives     true when it is gone
bool KafkaCollector::has_ended_useless() {
  if (!end_threads()) {
    if (Clock::now() - *useless_since_ < DiskThread::last_wait) return false;
    leave_threads();
    useless_since_ = Clock::now();
    if (!end_threads()) return false;
  }
  useless_since_.reset();
  give_up_unknown();
  return true;
}

/// What a thread has that was left behind: nobody comes up with it any more.
void KafkaCollector::give_up_unknown() {
  reports_.report_rest(
      KafkaOutcome::unconfirmed, [this](std::uint64_t number) { return kept_.contains(number); },
      [this](KafkaOutcome one) { settle(one); });
}

/// The writer does first, so that nothing is produced any more; then the producer comes up with all that it
/// has.
bool KafkaCollector::end_threads() {
  if (!producer_) return true;
  if (writer_) {
    writer_->end();
    if (!writer_->has_ended()) return false;
  }
  producer_->purge();
  if (!producer_->has_reported_all()) return false;
  drop_producer();
  return true;
}

/// What a thread has that hangs is not known. One of librdkafka ends by itself.
void KafkaCollector::leave_threads() {
  const bool hangs = writer_ && !writer_->has_ended();
  host_.report(EventLevel::error,
               name() + ": topic " + options_.kafka->topic +
                   (hangs ? ": a record is not made" : ": librdkafka does not give records back") +
                   ", and is waited for no more: " +
                   std::to_string(cursor_.counters().in_doubt - kept_.size()) +
                   " frames are in doubt");
  if (!hangs) return drop_producer();
  count_refusals();
  FrameWriter::let_go(std::move(writer_));
}

void KafkaCollector::drop_producer() {
  count_refusals();
  take_rest();
  producer_epoch_.end();
  writer_.reset();
  producer_->fall_silent();
  // Not at once: it may be what calls.
  boost::asio::post(host_.io(), [gone = std::move(producer_)] {});
}

/// What comes back when there is no other place for it any more is lost.
bool KafkaCollector::keeps_frames() const { return !is_over() || options_.spool; }

/// What the writer has that ended is reported as given back.
void KafkaCollector::take_rest() {
  if (!writer_) return;
  for (const auto& [number, one] : sink_->take_kept()) give_back(number, one);
  while (const FrameInbox::Block block = writer_->take_rest()) {
    sink_->take_rest(*block, [this](const KafkaFrame& one) {
      on_report({one.number, RD_KAFKA_RESP_ERR__PURGE_QUEUE, false, one.time_us, one.bytes});
    });
  }
}

void KafkaCollector::give_back(std::uint64_t number, const KafkaKept& one) {
  on_report({number, RD_KAFKA_RESP_ERR__PURGE_QUEUE, one.may_be_there, one.time_us, one.bytes});
}

/// Kept until the spool has it.
bool KafkaCollector::spool_doubts() {
  while (!kept_.empty()) {
    const auto& [number, one] = *kept_.begin();
    if (!spool_doubt({.time_us = one.time_us, .bytes = one.bytes})) return false;
    count(number, one.may_be_there ? KafkaOutcome::spooled_too : KafkaOutcome::spooled);
    kept_.erase(kept_.begin());
  }
  give_up_unknown();
  return true;
}

/// All that is in doubt finds its end, what has waited longest first.
void KafkaCollector::drop_doubts() {
  for (const auto& [number, one] : std::exchange(kept_, {})) {
    count(number, loss_of(RD_KAFKA_RESP_ERR__PURGE_QUEUE, one.may_be_there));
  }
  give_up_unknown();
}

}  // namespace heptap
