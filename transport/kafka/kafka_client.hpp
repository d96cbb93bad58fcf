#pragma once

#include "transport/kafka/kafka_peers.hpp"

#include <librdkafka/rdkafka.h>

#include <atomic>
#include <cstdint>
#include <memory>

namespace heptap {

/// Of librdkafka's handles.
struct KafkaDelete {
  void operator()(rd_kafka_t* handle) const noexcept { rd_kafka_destroy(handle); }
  void operator()(rd_kafka_topic_t* topic) const noexcept { rd_kafka_topic_destroy(topic); }
  void operator()(rd_kafka_queue_t* queue) const noexcept { rd_kafka_queue_destroy(queue); }
  void operator()(rd_kafka_event_t* event) const noexcept { rd_kafka_event_destroy(event); }
};

/// What the thread that produces and the one that takes reports share of a producer.
struct KafkaClient {
  KafkaPeers peers;
  std::unique_ptr<rd_kafka_t, KafkaDelete> handle;
  std::unique_ptr<rd_kafka_topic_t, KafkaDelete> topic;
  std::atomic<std::uint64_t> unreported{0};  ///< records whose report has not come
};

}  // namespace heptap
