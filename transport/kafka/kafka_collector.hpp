#pragma once

#include "transport/collector.hpp"
#include "transport/frame_writer.hpp"
#include "transport/kafka/kafka_producer.hpp"
#include "transport/kafka/kafka_reports.hpp"
#include "transport/kafka/kafka_sink.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace heptap {

/// A topic of Kafka. librdkafka keeps the connections and tries again; here it is told what to send, and
/// counted what has arrived.
///
///     connecting -> up        a broker is there
///     up -> backoff           none is, or there is no such topic
///
/// A frame leaves the ring for the thread that makes records and hands them to librdkafka, and stays in doubt
/// until its report. While it is not up, that thread produces nothing. A record that brokers refuse, and what
/// is there at the end, goes to the spool; without one it is lost. What a producer gives back that is of no
/// use any more, the next one gets; what is refused with all else, because there is no such topic, is sent
/// again when it is up again.
class KafkaCollector final : public Collector, private KafkaHandler {
 public:
  /// options   with `kafka`
  /// errors    std::runtime_error names a property that librdkafka does not take
  KafkaCollector(CollectorHost& host, CollectorPlace place, CollectorOptions options);
  KafkaCollector(const KafkaCollector&) = delete;
  KafkaCollector& operator=(const KafkaCollector&) = delete;
  ~KafkaCollector() override;

 private:
  // Collector
  void connect() override;
  void disconnect() override;
  void write_due() override;
  [[nodiscard]] bool end_threads() override;
  void leave_threads() override;
  void drop_doubts() override;
  void take_back() noexcept override {}  // what is in doubt is not in the ring any more
  [[nodiscard]] bool spool_doubts() override;
  [[nodiscard]] bool look_for_progress() override { return false; }  // on_turn_end() has noticed
  [[nodiscard]] bool has_outstanding() const override { return cursor_.counters().held() > 0; }
  [[nodiscard]] std::vector<Endpoint> peers() const override;

  // KafkaHandler
  void on_report(const KafkaReport& report) override;
  void on_brokers(bool are_there) override;
  void on_fault(const std::string& what) override;
  void on_fatal(const std::string& what) override;
  void on_turn_end() override;

  void make_producer();
  void make_writer();
  void on_change();
  [[nodiscard]] bool put(const FrameSlot& slot);
  void resume();
  [[nodiscard]] bool has_ended_useless();
  void give_up_unknown();
  [[nodiscard]] bool keeps_frames() const;
  void take_rest();
  void drop_producer();
  void give_back(std::uint64_t number, const KafkaKept& one);
  void count_refusals();
  void count(std::uint64_t number, KafkaOutcome outcome);
  [[nodiscard]] KafkaOutcome outcome_of(const KafkaReport& report);
  void settle(KafkaOutcome outcome);
  void go_down(const std::string& why);
  void begin_anew(const std::string& why);

  struct Told {
    std::string what;
    std::chrono::steady_clock::time_point last_seen;
  };

  KafkaReports reports_;
  KafkaKeptFrames kept_;    ///< for the next time that it is up
  std::vector<Told> told_;  ///< faults that somebody was told of lately
  std::string fault_;       ///< the last one
  std::string topic_fault_;
  bool arrived_ = false;  ///< a record, in this turn
  bool made_room_ = false;
  std::optional<std::chrono::steady_clock::time_point> useless_since_;  ///< the producer
  Epoch producer_epoch_;
  std::unique_ptr<KafkaProducer> producer_;  ///< null before the first connect()
  KafkaSink* sink_ = nullptr;                ///< the writer's
  std::unique_ptr<FrameWriter> writer_;      ///< null without a producer
};

}  // namespace heptap
