#pragma once

#include "transport/collector.hpp"
#include "transport/kafka/kafka_producer.hpp"
#include "transport/kafka/kafka_reports.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

namespace heptap {

/// A topic of Kafka. librdkafka keeps the connections and tries again; here it is told what to send, and
/// counted what has arrived.
///
///     connecting -> up        a broker is there
///     up -> backoff           none is, or there is no such topic
///
/// A frame leaves the ring when librdkafka has it, and stays in doubt until its report. A record that brokers
/// refuse, and what is there at the end, goes to the spool; without one it is lost. What a producer gives back
/// that is of no use any more, the next one gets; what is refused with all else, because there is no such
/// topic, is sent again when it is up again.
class KafkaCollector final : public Collector, private KafkaHandler {
 public:
  /// options   with `kafka`
  /// errors    std::runtime_error names a property that librdkafka does not take
  KafkaCollector(CollectorHost& host, CollectorPlace place, CollectorOptions options);
  ~KafkaCollector() override = default;

 private:
  // Collector
  void connect() override;
  void disconnect() override {}  // librdkafka goes on with what it has
  void write_due() override;
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

  struct Kept {
    std::uint64_t number;
    std::int64_t time_us;
    bool may_be_there;
    std::vector<std::uint8_t> frame;
  };

  bool hand_over(const FrameSlot& slot);
  bool hand_over(const Kept& one);
  bool hand_over_kept();
  void sort_kept();
  bool wait_or_lose(KafkaHandover result);
  void count(std::uint64_t number, KafkaOutcome outcome);
  [[nodiscard]] KafkaOutcome outcome_of(const KafkaReport& report);
  void settle(KafkaOutcome outcome);
  void purge_for_good();
  void go_down(const std::string& why);
  void begin_anew(const std::string& why);

  struct Told {
    std::string what;
    std::chrono::steady_clock::time_point last_seen;
  };

  KafkaReports reports_;
  std::deque<Kept> kept_;   ///< for the next time that it is up
  bool ends_ = false;       ///< nothing is kept any more
  std::vector<Told> told_;  ///< faults that somebody was told of lately
  std::string fault_;       ///< the last one
  std::string topic_fault_;
  bool arrived_ = false;  ///< a record, in this turn
  bool made_room_ = false;
  Epoch producer_epoch_;
  std::unique_ptr<KafkaProducer> producer_;  ///< null before the first connect()
};

}  // namespace heptap
