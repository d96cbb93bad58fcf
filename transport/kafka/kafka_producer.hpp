#pragma once

#include "transport/collector_options.hpp"
#include "transport/epoch.hpp"
#include "transport/kafka/kafka_client.hpp"
#include "transport/kafka/kafka_options.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <librdkafka/rdkafka.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace heptap {

/// What became of a record.
struct KafkaReport {
  std::uint64_t number = 0;               ///< as it was given with it
  rd_kafka_resp_err_t error = {};         ///< none: the topic has it
  bool may_be_there = false;              ///< with an error: it was sent, and nobody knows
  std::int64_t time_us = 0;               ///< of its packet, in whole milliseconds
  std::span<const std::uint8_t> frame{};  ///< with an error; valid during the call
};

/// Who is told what librdkafka has found out; on the io_context's thread.
class KafkaHandler {
 public:
  KafkaHandler() = default;
  KafkaHandler(const KafkaHandler&) = delete;
  KafkaHandler& operator=(const KafkaHandler&) = delete;
  virtual ~KafkaHandler() = default;

  virtual void on_report(const KafkaReport& report) = 0;
  /// One of them at least is there, or none is. May be told again.
  virtual void on_brokers(bool are_there) = 0;
  /// Something has gone wrong that librdkafka tries again.
  virtual void on_fault(const std::string& what) = 0;
  /// The producer is of no use any more, but for purge().
  virtual void on_fatal(const std::string& what) = 0;
  /// All the above that was at hand has been told. The last call of a turn.
  virtual void on_turn_end() = 0;
};

/// One producer of librdkafka, with its threads, for one topic. What they tell comes over an event
/// descriptor to the io_context. A KafkaSink produces.
class KafkaProducer {
 public:
  /// errors    std::runtime_error says why librdkafka makes none
  KafkaProducer(boost::asio::io_context& io, const KafkaOptions& options, KafkaHandler& handler);
  /// What has no report gets none. The threads end by themselves, as one may wait for a name server; the end
  /// of the process waits for them.
  ~KafkaProducer();
  KafkaProducer(const KafkaProducer&) = delete;
  KafkaProducer& operator=(const KafkaProducer&) = delete;

  /// For who produces. What it produces is reported here as long as this lives.
  [[nodiscard]] const std::shared_ptr<KafkaClient>& client() const noexcept { return client_; }

  /// Takes back all that has no report, when nobody produces any more: reports come of each, in turns as
  /// ever. Returns at once.
  void purge();
  /// gives     true when all that was produced has been reported
  [[nodiscard]] bool has_reported_all() const noexcept { return client_->unreported == 0; }

  /// The handler is told nothing more when the present turn is over: it may be gone before this is.
  void fall_silent() noexcept { epoch_.end(); }

  [[nodiscard]] std::vector<Endpoint> peers() const { return client_->peers.all(); }

 private:
  using Event = std::unique_ptr<rd_kafka_event_t, KafkaDelete>;

  static void end(std::shared_ptr<KafkaClient> client);
  void open(const KafkaOptions& options);
  void await_events();
  void handle_events();
  void handle(rd_kafka_event_t& event);
  [[nodiscard]] bool is_fatal() const;
  void report(const rd_kafka_message_t& message);
  void handle_error(rd_kafka_event_t& event);
  void handle_log(rd_kafka_event_t& event);
  void handle_statistics(rd_kafka_event_t& event);

  KafkaHandler& handler_;
  const bool has_records_;  ///< that are not the frames as they are
  std::shared_ptr<KafkaClient> client_ = std::make_shared<KafkaClient>();
  std::unique_ptr<rd_kafka_queue_t, KafkaDelete> queue_;
  boost::asio::posix::stream_descriptor wake_;
  bool is_purged_ = false;
  bool knows_all_down_ = false;  ///< the next statistics may be older
  std::uint32_t looks_without_broker_ = 0;
  Epoch epoch_;
};

}  // namespace heptap
