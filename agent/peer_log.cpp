#include "agent/peer_log.hpp"

#include <netinet/in.h>

#include <cstring>

namespace heptap {

bool PeerLog::is_due(const Peer& peer, Clock::time_point now) {
  const Address address = address_of(peer);
  if (const auto found = said_.find(address); found != said_.end()) {
    if (now - found->second < silence) return false;
    found->second = now;
    return true;
  }
  if (said_.size() >= max_peers) forget_old(now);
  if (said_.size() >= max_peers) return false;
  said_.emplace(address, now);
  return true;
}

// IPv4 as the first four bytes: no IPv6 address of a peer ends in twelve zeros.
PeerLog::Address PeerLog::address_of(const Peer& peer) noexcept {
  Address address{};
  if (peer.address.ss_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, &peer.address, sizeof v6);
    std::memcpy(address.data(), &v6.sin6_addr, sizeof v6.sin6_addr);
  } else {
    sockaddr_in v4{};
    std::memcpy(&v4, &peer.address, sizeof v4);
    std::memcpy(address.data(), &v4.sin_addr, sizeof v4.sin_addr);
  }
  return address;
}

// Who floods us with forged addresses must not have us look through the table for each.
void PeerLog::forget_old(Clock::time_point now) {
  if (now < next_look_) return;
  next_look_ = now + std::chrono::seconds(1);
  std::erase_if(said_, [now](const auto& entry) { return now - entry.second >= silence; });
}

}  // namespace heptap
