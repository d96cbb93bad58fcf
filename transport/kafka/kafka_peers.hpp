#pragma once

#include "transport/endpoint.hpp"

#include <sys/socket.h>

#include <mutex>
#include <vector>

namespace heptap {

/// The addresses of brokers that librdkafka has connected to, learned ones included. Any thread may call
/// any of these.
class KafkaPeers {
 public:
  static constexpr std::size_t max_peers = 64;  ///< then the oldest is forgotten

  void add(const sockaddr& address, std::size_t size);
  [[nodiscard]] std::vector<Endpoint> all() const;

 private:
  mutable std::mutex mutex_;
  std::vector<Endpoint> peers_;
};

}  // namespace heptap
