#pragma once

#include "transport/record_writer.hpp"

#include <cstdint>
#include <map>
#include <string>

namespace heptap {

/// Properties of librdkafka by their names: its CONFIGURATION.md.
using KafkaProperties = std::map<std::string, std::string>;

/// Where records go, and what they are.
struct KafkaOptions {
  static constexpr std::uint64_t min_buffer_bytes = std::uint64_t{1} << 20U;

  std::string brokers;  ///< to ask for the others: "b1:9092,b2:9092"
  std::string topic;
  KafkaProperties properties;

  /// Payloads that librdkafka holds at most. It needs half as much again for itself when they are small.
  std::uint64_t buffer_bytes = std::uint64_t{64} << 20U;

  RecordWriter write_record = nullptr;  ///< null: a record is the frame as it is
  RecordWriter write_key = nullptr;     ///< null, or nothing is written: any partition

  bool operator==(const KafkaOptions&) const = default;
};

/// gives     `kafka://b1:9092,b2:9092/topic`
[[nodiscard]] inline std::string to_string(const KafkaOptions& options) {
  return "kafka://" + options.brokers + "/" + options.topic;
}

}  // namespace heptap
