#include "tests/support/kafka_cluster.hpp"

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include <array>
#include <stdexcept>

namespace heptap::test {
namespace {

constexpr const char* the_topic = "sip";
constexpr int poll_ms = 100;

std::string text(const void* bytes, std::size_t size) {
  return bytes == nullptr ? std::string() : std::string(static_cast<const char*>(bytes), size);
}

rd_kafka_t* make_handle(rd_kafka_type_t type, const std::string& brokers) {
  rd_kafka_conf_t* const conf = rd_kafka_conf_new();
  std::array<char, 512> why{};
  const auto set = [&](const char* name, const char* value) {
    rd_kafka_conf_set(conf, name, value, why.data(), why.size());
  };
  set("log_level", "0");
  if (!brokers.empty()) set("bootstrap.servers", brokers.c_str());
  if (type == RD_KAFKA_CONSUMER) set("group.id", "test");
  rd_kafka_t* const handle = rd_kafka_new(type, conf, why.data(), why.size());
  if (handle == nullptr) throw std::runtime_error(why.data());
  return handle;
}

void assign(rd_kafka_t& handle, const std::string& topic, int partitions) {
  auto* const all = rd_kafka_topic_partition_list_new(partitions);
  for (int i = 0; i < partitions; ++i) {
    rd_kafka_topic_partition_list_add(all, topic.c_str(), i)->offset = RD_KAFKA_OFFSET_BEGINNING;
  }
  rd_kafka_poll_set_consumer(&handle);
  const auto error = rd_kafka_assign(&handle, all);
  rd_kafka_topic_partition_list_destroy(all);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) throw std::runtime_error(rd_kafka_err2str(error));
}

KafkaRecord record_of(const rd_kafka_message_t& message) {
  return {message.partition, text(message.key, message.key_len), text(message.payload, message.len),
          rd_kafka_message_timestamp(&message, nullptr)};
}

}  // namespace

KafkaCluster::KafkaCluster(int brokers, int partitions)
    : brokers_(brokers),
      handle_(make_handle(RD_KAFKA_PRODUCER, "")),
      cluster_(rd_kafka_mock_cluster_new(handle_, brokers)) {
  rd_kafka_mock_topic_create(cluster_, the_topic, partitions, brokers);
  for (int i = 0; i < partitions; ++i) {
    rd_kafka_mock_partition_set_leader(cluster_, the_topic, i, i % brokers + 1);
  }
}

KafkaCluster::~KafkaCluster() {
  rd_kafka_mock_cluster_destroy(cluster_);
  rd_kafka_destroy(handle_);
}

std::string KafkaCluster::addresses() const { return rd_kafka_mock_cluster_bootstraps(cluster_); }

void KafkaCluster::set_up(bool are_up) {
  for (int i = 1; i <= brokers_; ++i) set_up(i, are_up);
}

void KafkaCluster::set_up(int broker, bool is_up) {
  (is_up ? rd_kafka_mock_broker_set_up : rd_kafka_mock_broker_set_down)(cluster_, broker);
}

void KafkaCluster::refuse(KafkaRequest request, int error, std::size_t times) {
  const std::vector all(times, static_cast<rd_kafka_resp_err_t>(error));
  rd_kafka_mock_push_request_errors_array(cluster_, static_cast<std::int16_t>(request), times,
                                          all.data());
}

void KafkaCluster::take_all(KafkaRequest request) {
  rd_kafka_mock_clear_request_errors(cluster_, static_cast<std::int16_t>(request));
}

void KafkaCluster::set_latency(int broker, int milliseconds) {
  rd_kafka_mock_broker_set_rtt(cluster_, broker, milliseconds);
}

void KafkaCluster::set_latency(int milliseconds) {
  for (int i = 1; i <= brokers_; ++i) rd_kafka_mock_broker_set_rtt(cluster_, i, milliseconds);
}

void consume(const std::string& brokers, const std::string& topic, int partitions,
             const std::function<bool(const KafkaRecord&)>& take,
             std::chrono::seconds longest_silence) {
  using Clock = std::chrono::steady_clock;
  rd_kafka_t* const handle = make_handle(RD_KAFKA_CONSUMER, brokers);
  assign(*handle, topic, partitions);
  auto last_came = Clock::now();
  for (bool goes_on = true; goes_on && Clock::now() - last_came < longest_silence;) {
    rd_kafka_message_t* const message = rd_kafka_consumer_poll(handle, poll_ms);
    if (message == nullptr) continue;
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
      last_came = Clock::now();
      goes_on = take(record_of(*message));
    }
    rd_kafka_message_destroy(message);
  }
  rd_kafka_consumer_close(handle);
  rd_kafka_destroy(handle);
}

std::vector<KafkaRecord> consume(const KafkaCluster& cluster, std::size_t count, int partitions) {
  std::vector<KafkaRecord> out;
  consume(cluster.addresses(), the_topic, partitions, [&](const KafkaRecord& record) {
    out.push_back(record);
    return out.size() < count;
  });
  return out;
}

}  // namespace heptap::test
