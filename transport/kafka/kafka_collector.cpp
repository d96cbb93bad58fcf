#include "transport/kafka/kafka_collector.hpp"

#include "transport/kafka/kafka_conf.hpp"
#include "transport/kafka/kafka_outcome.hpp"
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
constexpr std::chrono::minutes told_again_after{10};
constexpr std::size_t max_told = 16;

}  // namespace

KafkaCollector::KafkaCollector(CollectorHost& host, CollectorPlace place, CollectorOptions options)
    : Collector(host, place, std::move(options)),
      reports_(max_kafka_messages(*options_.kafka) * reports_per_message) {
  (void)make_kafka_conf(*options_.kafka);
}

/// Of one that was never started to its end, nothing was given to it.
KafkaCollector::~KafkaCollector() {
  if (writer_) FrameWriter::let_go(std::move(writer_));
}

void KafkaCollector::connect() {
  if (useless_since_ && !has_ended_useless()) return back_off();
  try {
    if (!producer_) make_producer();
    if (!writer_) make_writer();
  } catch (const std::runtime_error& error) {
    note_error(error.what());
    return back_off();
  }
  enter_state(CollectorState::connecting);
}

void KafkaCollector::make_producer() {
  producer_ = std::make_unique<KafkaProducer>(host_.io(), *options_.kafka,
                                              static_cast<KafkaHandler&>(*this));
}

/// The thread begins here, when the process has given up its privileges.
void KafkaCollector::make_writer() {
  auto& io = host_.io();
  writer_ = std::make_unique<FrameWriter>(
      [this](const FrameSink::Warn&) {
        auto sink =
            std::make_unique<KafkaSink>(producer_->client(), *options_.kafka, reports_.next());
        sink_ = sink.get();
        return sink;
      },
      name(), nullptr,
      [this, &io, ticket = producer_epoch_.ticket()] {
        boost::asio::post(io, [this, ticket] {
          if (!ticket.valid()) return;
          on_change();
          host_.settle();
        });
      });
}

void KafkaCollector::on_change() {
  if (!writer_) return;
  const WriterProgress now = writer_->progress();
  count_refusals();
  if (useless_since_) (void)end_threads();  // the writer has, perhaps
  waits_for_room_ = false;
  const bool has_failed = now.state == WriterProgress::State::failed;
  if (has_failed && state() == CollectorState::up) {
    if (now.error.category() == kafka_category()) return connection_lost(now.error.message());
    writer_->try_again();  // was held before
  }
  if (!finished()) pump();
}

/// Frames that it has wait there.
void KafkaCollector::disconnect() {
  if (writer_) sink_->hold();
}

void KafkaCollector::resume() {
  for (const auto& [number, one] : kept_) {
    if (one.may_be_there) cursor_.doubt_sent_again();
  }
  sink_->resume(std::exchange(kept_, {}));
  writer_->try_again();
}

void KafkaCollector::write_due() {
  for (int frames = 0; !waits_for_room_ && write_is_due(); ++frames) {
    if (frames == frames_per_turn) {
      boost::asio::post(host_.io(), [this, ticket = epoch_.ticket()] {
        if (!ticket.valid()) return;
        pump();
        host_.settle();
      });
      break;
    }
    if (!put(*cursor_.next_frame())) waits_for_room_ = true;
  }
  writer_->hand_over();
  if (draining() && is_done()) finish();
}

/// gives     false when there is no room now
bool KafkaCollector::put(const FrameSlot& slot) {
  const std::uint64_t waiting = reports_.next() - sink_->next();
  if (reports_.full() || waiting >= max_kafka_messages(*options_.kafka)) return false;
  const std::span bytes(host_.ring().bytes(slot), slot.size);
  if (!writer_->put({.time_us = slot.time_us, .bytes = bytes})) return false;
  reports_.add();
  cursor_.handed_over(1, wall_time_us());
  return true;
}

void KafkaCollector::count_refusals() {
  if (!writer_) return;
  for (const KafkaSink::Refusal& one : sink_->take_refusals()) {
    if (one.is_too_large) on_fault("a record is larger than message.max.bytes");
    count(one.number, one.is_too_large ? KafkaOutcome::too_large : KafkaOutcome::refused);
  }
}

void KafkaCollector::on_report(const KafkaReport& report) {
  made_room_ = true;
  const bool has_failed = report.error != RD_KAFKA_RESP_ERR_NO_ERROR;
  const bool all_are_refused = is_of_topic(report.error);
  if (all_are_refused) topic_fault_ = rd_kafka_err2str(report.error);
  const bool is_given_back =
      has_failed && (all_are_refused || !is_refusal(loss_of(report.error, report.may_be_there)));
  if (!is_given_back || !keeps_frames()) return count(report.number, outcome_of(report));
  kept_.emplace(
      report.number,
      KafkaKept{report.time_us, report.may_be_there, {report.frame.begin(), report.frame.end()}});
}

void KafkaCollector::count(std::uint64_t number, KafkaOutcome outcome) {
  reports_.report(number, outcome, [this](KafkaOutcome one) { settle(one); });
}

KafkaOutcome KafkaCollector::outcome_of(const KafkaReport& report) {
  if (report.error == RD_KAFKA_RESP_ERR_NO_ERROR) {
    arrived_ = true;
    return KafkaOutcome::sent;
  }
  if (is_refusal(loss_of(report.error, report.may_be_there)))
    on_fault(rd_kafka_err2str(report.error));
  if (spool_doubt({.time_us = report.time_us, .bytes = report.frame})) {
    return report.may_be_there ? KafkaOutcome::spooled_too : KafkaOutcome::spooled;
  }
  return loss_of(report.error, report.may_be_there);
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
  if (are_there && state() == CollectorState::connecting) {
    connection_up("");
    resume();
  }
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

void KafkaCollector::on_turn_end() {
  if (std::exchange(arrived_, false)) {
    made_progress();
    on_brokers(true);
  }
  if (const std::string why = std::exchange(topic_fault_, {}); !why.empty()) go_down(why);
  if (std::exchange(made_room_, false)) {
    waits_for_room_ = false;
    if (writer_) sink_->note_room();
  }
  if (!finished()) pump();
  if (draining() && !finished() && is_done()) finish();
  host_.settle();
}

std::vector<Endpoint> KafkaCollector::peers() const {
  return producer_ ? producer_->peers() : std::vector<Endpoint>{};
}

}  // namespace heptap
