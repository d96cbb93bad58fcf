#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

struct rd_kafka_s;
struct rd_kafka_mock_cluster_s;

namespace heptap::test {

/// A record as a consumer gets it.
struct KafkaRecord {
  std::int32_t partition = 0;
  std::string key;
  std::string value;
  std::int64_t time_ms = 0;
};

/// What a broker can be asked for, as the protocol numbers it.
enum class KafkaRequest : std::int16_t { produce = 0, metadata = 3, init_producer_id = 22 };

/// Brokers of librdkafka's emulation, on ports of 127.0.0.1, with one topic, "sip". They keep the last
/// 5 MB of each partition.
class KafkaCluster {
 public:
  explicit KafkaCluster(int brokers = 1, int partitions = 4);
  ~KafkaCluster();
  KafkaCluster(const KafkaCluster&) = delete;
  KafkaCluster& operator=(const KafkaCluster&) = delete;

  /// gives     "127.0.0.1:4711,127.0.0.1:4712"
  [[nodiscard]] std::string addresses() const;
  void set_up(bool are_up);
  /// One broker, counted from 1.
  void set_up(int broker, bool is_up);
  /// The next `times` requests of this kind get this answer, an rd_kafka_resp_err_t.
  void refuse(KafkaRequest request, int error, std::size_t times = 1);
  void take_all(KafkaRequest request);  ///< from now on
  /// Each answer of all brokers takes this long.
  void set_latency(int milliseconds);
  /// The same of one broker, counted from 1.
  void set_latency(int broker, int milliseconds);

 private:
  int brokers_;
  rd_kafka_s* handle_;
  rd_kafka_mock_cluster_s* cluster_;
};

/// Reads a topic from its beginning, in the order of each partition, until `take` gives false, or nothing
/// came for so long.
/// errors    std::runtime_error
void consume(const std::string& brokers, const std::string& topic, int partitions,
             const std::function<bool(const KafkaRecord&)>& take,
             std::chrono::seconds longest_silence = std::chrono::seconds(30));

/// gives     the first `count` records, or all there are
[[nodiscard]] std::vector<KafkaRecord> consume(const KafkaCluster& cluster, std::size_t count,
                                               int partitions = 4);

}  // namespace heptap::test
