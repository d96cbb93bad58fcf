#pragma once

#include "transport/kafka/kafka_options.hpp"

#include <librdkafka/rdkafka.h>

#include <cstdint>
#include <memory>
#include <string>

namespace heptap {

struct KafkaConfDelete {
  void operator()(rd_kafka_conf_t* conf) const noexcept { rd_kafka_conf_destroy(conf); }
};
using KafkaConf = std::unique_ptr<rd_kafka_conf_t, KafkaConfDelete>;

/// gives     how many messages librdkafka may hold
[[nodiscard]] std::uint64_t max_kafka_messages(const KafkaOptions& options) noexcept;

/// gives     what librdkafka is to be told
/// errors    std::runtime_error names the property
[[nodiscard]] KafkaConf make_kafka_conf(const KafkaOptions& options);

/// gives     what is wrong with one property by itself; empty: nothing. Needs no network.
[[nodiscard]] std::string kafka_property_fault(const std::string& name, const std::string& value);

/// gives     the same of all together, files of TLS included
[[nodiscard]] std::string kafka_fault(const KafkaOptions& options);

}  // namespace heptap
