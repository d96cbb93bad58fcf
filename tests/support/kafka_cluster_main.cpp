// Brokers of Kafka for end-to-end tests and for benches. Prints where they are, then each record of the topic
// `sip` as a line: its partition, time, key and value, the last two in hex; none with the argument `unread`.
// Takes `down` and `up` from its standard input, and ends with it.
#include "tests/support/kafka_cluster.hpp"

#include <iostream>
#include <string>
#include <thread>

namespace {

constexpr int brokers = 3;
constexpr int partitions = 4;

std::string hex(const std::string& bytes) {
  constexpr const char* digits = "0123456789abcdef";
  std::string out;
  for (const char byte : bytes) {
    const auto octet = static_cast<unsigned char>(byte);
    out += digits[octet >> 4U];
    out += digits[octet & 0xfU];
  }
  return out;
}

void print_records(const std::string& addresses) {
  heptap::test::consume(
      addresses, "sip", partitions,
      [](const heptap::test::KafkaRecord& one) {
        std::cout << one.partition << ' ' << one.time_ms << ' ' << hex(one.key) << ' '
                  << hex(one.value) << std::endl;
        return true;
      },
      std::chrono::hours(1));
}

}  // namespace

int main(int argc, char** argv) {
  heptap::test::KafkaCluster cluster(brokers, partitions);
  std::cout << cluster.addresses() << std::endl;
  const bool is_unread = argc > 1 && std::string(argv[1]) == "unread";
  if (!is_unread) std::thread(print_records, cluster.addresses()).detach();
  for (std::string line; std::getline(std::cin, line);) {
    if (line == "down" || line == "up") cluster.set_up(line == "up");
  }
  std::_Exit(0);  // with the reader in the middle of something
}
