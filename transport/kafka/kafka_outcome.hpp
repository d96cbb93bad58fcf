#pragma once

#include "transport/kafka/kafka_reports.hpp"

#include <librdkafka/rdkafka.h>

namespace heptap {

/// Whether all records would be refused.
[[nodiscard]] bool is_of_topic(rd_kafka_resp_err_t error) noexcept;

/// gives     what a record becomes that is not in the topic, and has no other place
[[nodiscard]] KafkaOutcome loss_of(rd_kafka_resp_err_t error, bool may_be_there) noexcept;

[[nodiscard]] constexpr bool is_refusal(KafkaOutcome outcome) noexcept {
  return outcome == KafkaOutcome::refused || outcome == KafkaOutcome::too_large;
}

}  // namespace heptap
