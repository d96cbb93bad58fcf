#include "transport/kafka/kafka_conf.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace heptap {
namespace {

constexpr std::uint64_t bytes_per_message = 512;  // librdkafka's own are half of that

/// What librdkafka would do otherwise than our ledger, our memory or our log says.
constexpr std::array<std::string_view, 15> ours{
    "bootstrap.servers",
    "delivery.report.only.error",
    "delivery.timeout.ms",
    "enabled_events",
    "internal.termination.signal",
    "log.queue",
    "message.timeout.ms",
    "metadata.broker.list",
    "plugin.library.paths",
    "queue.buffering.max.kbytes",
    "queue.buffering.max.messages",
    "sasl.kerberos.kinit.cmd",
    "statistics.interval.ms",
    "test.mock.num.brokers",
    "transactional.id",
};

using Text = std::array<char, 512>;

std::string set_fault(rd_kafka_conf_t& conf, const std::string& name, const std::string& value) {
  Text why{};
  if (rd_kafka_conf_set(&conf, name.c_str(), value.c_str(), why.data(), why.size()) ==
      RD_KAFKA_CONF_OK) {
    return {};
  }
  return why.data();
}

void set(rd_kafka_conf_t& conf, const std::string& name, const std::string& value) {
  if (const std::string fault = set_fault(conf, name, value); !fault.empty()) {
    throw std::runtime_error("Kafka, " + name + ": " + fault);
  }
}

}  // namespace

std::uint64_t max_kafka_messages(const KafkaOptions& options) noexcept {
  return std::max(options.buffer_bytes, KafkaOptions::min_buffer_bytes) / bytes_per_message;
}

/// A record waits as long as there is nobody to take it: what is to be given up, and when, is for the
/// collector to say. No partition has the records of one call in two orders, though some are sent again.
KafkaConf make_kafka_conf(const KafkaOptions& options) {
  KafkaConf conf(rd_kafka_conf_new());
  const auto buffer = std::max(options.buffer_bytes, KafkaOptions::min_buffer_bytes);
  set(*conf, "client.id", "heptap");
  set(*conf, "log_level", "4");
  set(*conf, "enable.idempotence", "true");
  set(*conf, "partitioner", "murmur2_random");
  for (const auto& [name, value] : options.properties) set(*conf, name, value);
  set(*conf, "bootstrap.servers", options.brokers);
  set(*conf, "message.timeout.ms", "0");
  set(*conf, "queue.buffering.max.kbytes", std::to_string(buffer / 1024));
  set(*conf, "queue.buffering.max.messages", std::to_string(max_kafka_messages(options)));
  set(*conf, "log.queue", "true");
  return conf;
}

std::string kafka_property_fault(const std::string& name, const std::string& value) {
  if (std::find(ours.begin(), ours.end(), name) != ours.end()) return "is set by heptap itself";
  const KafkaConf conf(rd_kafka_conf_new());
  return set_fault(*conf, name, value);
}

/// Without brokers it has nobody to talk to.
std::string kafka_fault(const KafkaOptions& options) {
  KafkaConf conf;
  try {
    KafkaOptions alone = options;
    alone.brokers.clear();
    conf = make_kafka_conf(alone);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  Text why{};
  rd_kafka_t* const made = rd_kafka_new(RD_KAFKA_PRODUCER, conf.get(), why.data(), why.size());
  if (made == nullptr) return why.data();
  (void)conf.release();  // NOLINT(bugprone-unused-return-value): is the producer's now
  rd_kafka_destroy(made);
  return {};
}

}  // namespace heptap
