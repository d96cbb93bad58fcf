#include "transport/kafka/kafka_producer.hpp"

#include <catch2/catch.hpp>

namespace heptap {
namespace {

/// Counts turns.
struct Listener final : KafkaHandler {
  void on_report(const KafkaReport& /*report*/) override {}
  void on_brokers(bool /*are_there*/) override {}
  void on_fault(const std::string& /*what*/) override {}
  void on_fatal(const std::string& /*what*/) override {}
  void on_turn_end() override { ++turns; }

  int turns = 0;
};

}  // namespace

TEST_CASE("a producer that has fallen silent tells nothing of what it was about to") {
  const bool is_silent = GENERATE(true, false);
  boost::asio::io_context io;
  Listener listener;
  KafkaOptions options;
  options.brokers = "127.0.0.1:1";
  options.topic = "sip";
  KafkaProducer producer(io, options, listener);  // has a first turn to come
  if (is_silent) producer.fall_silent();
  io.poll_one();
  CHECK(listener.turns == (is_silent ? 0 : 1));
}

}  // namespace heptap
