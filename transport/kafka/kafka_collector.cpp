#include "transport/kafka/kafka_collector.hpp"

#include "transport/kafka/kafka_conf.hpp"
#include "transport/wall_clock.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace heptap {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int frames_per_turn = 1024;             // then the other collectors have theirs
constexpr std::uint64_t reports_per_message = 4;  // one partition may lag behind the others
constexpr std::chrono::seconds purge_wait{5};
constexpr std::chrono::minutes told_again_after{10};
constexpr std::size_t max_told = 16;

/// Whether all records would be refused.
bool is_of_topic(rd_kafka_resp_err_t error) {
  switch (error) {
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
    case RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION:
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED: return true;
    default: return false;
  }
}

/// What a record becomes that is not in the topic, and has no other place.
KafkaOutcome loss_of(const KafkaReport& report) {
  switch (report.error) {
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
    case RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE: return KafkaOutcome::too_large;
    case RD_KAFKA_RESP_ERR__PURGE_QUEUE:
    case RD_KAFKA_RESP_ERR__PURGE_INFLIGHT:
    case RD_KAFKA_RESP_ERR__MSG_TIMED_OUT:
    case RD_KAFKA_RESP_ERR__FATAL:
      return report.may_be_there ? KafkaOutcome::unconfirmed : KafkaOutcome::given_up;
    default: return KafkaOutcome::refused;
  }
}

bool is_refusal(KafkaOutcome outcome) {
  return outcome == KafkaOutcome::refused || outcome == KafkaOutcome::too_large;
}

}  // namespace

KafkaCollector::KafkaCollector(CollectorHost& host, CollectorPlace place, CollectorOptions options)
    : Collector(host, place, std::move(options)),
      reports_(max_kafka_messages(*options_.kafka) * reports_per_message) {
  (void)make_kafka_conf(*options_.kafka);
}

void KafkaCollector::connect() {
  if (!producer_) {
    try {
      producer_ = std::make_unique<KafkaProducer>(host_.io(), *options_.kafka,
                                                  static_cast<KafkaHandler&>(*this));
    } catch (const std::runtime_error& error) {
      note_error(error.what());
      return back_off();
    }
  }
  sort_kept();
  enter_state(CollectorState::connecting);
}

/// Records of one partition come back in their order, but not those of several.
void KafkaCollector::sort_kept() {
  std::sort(kept_.begin(), kept_.end(),
            [](const Kept& a, const Kept& b) { return a.number < b.number; });
}

void KafkaCollector::write_due() {
  if (!waits_for_room_ && !hand_over_kept()) return;
  for (int frames = 0; !waits_for_room_ && write_is_due(); ++frames) {
    if (frames == frames_per_turn) {
      boost::asio::post(host_.io(), [this, ticket = epoch_.ticket()] {
        if (!ticket.valid()) return;
        pump();
        host_.settle();
      });
      return;
    }
    if (!hand_over(*cursor_.next_frame())) return;
  }
  if (draining() && is_done()) finish();
}

/// gives     false when no more can be handed over now
bool KafkaCollector::hand_over(const FrameSlot& slot) {
  if (reports_.full()) return wait_or_lose(KafkaHandover::no_room);
  const std::span bytes(host_.ring().bytes(slot), slot.size);
  const auto number = reports_.next();
  const auto result = producer_->produce(bytes, slot.time_us, number);
  switch (result) {
    case KafkaHandover::taken:
      reports_.add();
      cursor_.handed_over(1, wall_time_us());
      return true;
    case KafkaHandover::too_large: cursor_.lose_next(&DeliveryLosses::too_large); break;
    case KafkaHandover::no_record: cursor_.lose_next(&DeliveryLosses::refused); break;
    case KafkaHandover::no_room:
    case KafkaHandover::refused: break;
  }
  return wait_or_lose(result);
}

/// gives     the same
bool KafkaCollector::wait_or_lose(KafkaHandover result) {
  switch (result) {
    case KafkaHandover::no_room: waits_for_room_ = true; return false;
    case KafkaHandover::refused: connection_lost(producer_->refusal()); return false;
    case KafkaHandover::too_large:
      on_fault("a record is larger than message.max.bytes");
      return true;
    case KafkaHandover::no_record:
    case KafkaHandover::taken: return true;
  }
  return true;
}

/// gives     true when there is nothing left of it
bool KafkaCollector::hand_over_kept() {
  for (; !kept_.empty(); kept_.pop_front()) {
    if (!hand_over(kept_.front())) return false;
  }
  return true;
}

/// It has its place among the reports already.
bool KafkaCollector::hand_over(const Kept& one) {
  const auto result = producer_->produce(one.frame, one.time_us, one.number);
  if (result == KafkaHandover::taken && one.may_be_there) cursor_.doubt_sent_again();
  if (result == KafkaHandover::too_large) count(one.number, KafkaOutcome::too_large);
  return wait_or_lose(result);
}

void KafkaCollector::on_report(const KafkaReport& report) {
  made_room_ = true;
  const bool has_failed = report.error != RD_KAFKA_RESP_ERR_NO_ERROR;
  const bool all_are_refused = is_of_topic(report.error);
  if (all_are_refused) topic_fault_ = rd_kafka_err2str(report.error);
  const bool is_given_back = has_failed && (all_are_refused || !is_refusal(loss_of(report)));
  if (!is_given_back || ends_) return count(report.number, outcome_of(report));
  kept_.push_back({report.number,
                   report.time_us,
                   report.may_be_there,
                   {report.frame.begin(), report.frame.end()}});
}

void KafkaCollector::count(std::uint64_t number, KafkaOutcome outcome) {
  reports_.report(number, outcome, [this](KafkaOutcome one) { settle(one); });
}

KafkaOutcome KafkaCollector::outcome_of(const KafkaReport& report) {
  if (report.error == RD_KAFKA_RESP_ERR_NO_ERROR) {
    arrived_ = true;
    return KafkaOutcome::sent;
  }
  if (is_refusal(loss_of(report))) on_fault(rd_kafka_err2str(report.error));
  if (spool_doubt({.time_us = report.time_us, .bytes = report.frame})) {
    return report.may_be_there ? KafkaOutcome::spooled_too : KafkaOutcome::spooled;
  }
  return loss_of(report);
}

void KafkaCollector::settle(KafkaOutcome outcome) {
  switch (outcome) {
    case KafkaOutcome::waiting: return;
    case KafkaOutcome::sent: return cursor_.doubts_sent(1);
    case KafkaOutcome::spooled: return cursor_.doubt_spooled(false);
    case KafkaOutcome::spooled_too: return cursor_.doubt_spooled(true);
    case KafkaOutcome::refused: return cursor_.doubts_lost(1, &DeliveryLosses::refused);
    case KafkaOutcome::too_large: return cursor_.doubts_lost(1, &DeliveryLosses::too_large);
    case KafkaOutcome::given_up: return cursor_.doubts_lost(1, &DeliveryLosses::given_up);
    case KafkaOutcome::unconfirmed: return cursor_.doubts_lost(1, &DeliveryLosses::unconfirmed);
  }
}

void KafkaCollector::on_brokers(bool are_there) {
  if (are_there && state() == CollectorState::connecting) connection_up("");
  if (!are_there) go_down(fault_.empty() ? "no broker is there" : fault_);
}

void KafkaCollector::go_down(const std::string& why) {
  if (state() == CollectorState::up) connection_lost(why);
  if (state() == CollectorState::connecting) note_error(why);
}

/// librdkafka tries again by itself, and says each time what it has said before.
void KafkaCollector::on_fault(const std::string& what) {
  if (finished()) return;
  const auto now = Clock::now();
  fault_ = what;
  const auto same =
      std::find_if(told_.begin(), told_.end(), [&](const Told& one) { return one.what == what; });
  if (same != told_.end() && now - std::exchange(same->last_seen, now) < told_again_after) return;
  if (same == told_.end()) {
    if (told_.size() == max_told) told_.erase(told_.begin());
    told_.push_back({what, now});
  }
  note_error(what);
}

void KafkaCollector::on_fatal(const std::string& what) {
  boost::asio::post(host_.io(), [this, what, ticket = producer_epoch_.ticket()] {
    if (!ticket.valid()) return;
    begin_anew(what);
    host_.settle();
  });
}

void KafkaCollector::begin_anew(const std::string& why) {
  if (!producer_->purge(Clock::now() + purge_wait)) purge_for_good();
  producer_epoch_.end();
  producer_.reset();
  if (state() == CollectorState::up) return connection_lost(why);
  if (state() != CollectorState::connecting) return;
  note_error(why);
  back_off();
}

void KafkaCollector::on_turn_end() {
  if (std::exchange(arrived_, false)) {
    made_progress();
    on_brokers(true);
  }
  if (const std::string why = std::exchange(topic_fault_, {}); !why.empty()) go_down(why);
  if (std::exchange(made_room_, false)) waits_for_room_ = false;
  if (!finished()) pump();
  if (draining() && !finished() && is_done()) finish();
  host_.settle();
}

/// All that is in doubt finds its end.
void KafkaCollector::purge_for_good() {
  ends_ = true;
  if (producer_) producer_->purge(Clock::now() + purge_wait);
  for (; !kept_.empty(); kept_.pop_front()) {
    const Kept& one = kept_.front();
    on_report(
        {one.number, RD_KAFKA_RESP_ERR__PURGE_QUEUE, one.may_be_there, one.time_us, one.frame});
  }
  reports_.report_rest(KafkaOutcome::unconfirmed, [this](KafkaOutcome one) { settle(one); });
  ends_ = false;
}

/// Taken back from librdkafka once, then kept until the spool has it.
bool KafkaCollector::spool_doubts() {
  if (producer_ && !reports_.empty()) {
    producer_->purge(Clock::now() + purge_wait);
    producer_epoch_.end();
    producer_.reset();
    sort_kept();
  }
  for (; !kept_.empty(); kept_.pop_front()) {
    const Kept& one = kept_.front();
    if (!spool_doubt({.time_us = one.time_us, .bytes = one.frame})) return false;
    count(one.number, one.may_be_there ? KafkaOutcome::spooled_too : KafkaOutcome::spooled);
  }
  reports_.report_rest(KafkaOutcome::unconfirmed, [this](KafkaOutcome one) { settle(one); });
  return true;
}

void KafkaCollector::drop_doubts() {
  if (!reports_.empty()) purge_for_good();
  producer_epoch_.end();
  producer_.reset();
}

std::vector<Endpoint> KafkaCollector::peers() const {
  return producer_ ? producer_->peers() : std::vector<Endpoint>{};
}

}  // namespace heptap
