#include "transport/kafka/kafka_peers.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <algorithm>
#include <cstring>

namespace heptap {

void KafkaPeers::add(const sockaddr& address, std::size_t size) {
  boost::asio::ip::tcp::endpoint to;
  if (size > to.capacity()) return;
  std::memcpy(to.data(), &address, size);
  Endpoint peer{Carrier::tcp, to.address().to_string(), to.port()};
  const std::lock_guard lock(mutex_);
  if (std::find(peers_.begin(), peers_.end(), peer) != peers_.end()) return;
  if (peers_.size() == max_peers) peers_.erase(peers_.begin());
  peers_.push_back(std::move(peer));
}

std::vector<Endpoint> KafkaPeers::all() const {
  const std::lock_guard lock(mutex_);
  return peers_;
}

}  // namespace heptap
