#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>

#include "transport/listener.hpp"

namespace heptap {

/// Lets one line a minute through for each peer, by its address: what is wrong with one frame of an
/// agent is wrong with all of them. Counters tell how many there were.
class PeerLog {
 public:
  using Clock = std::chrono::steady_clock;

  /// At so many peers in a minute, no more lines are let through: an address is easily forged.
  static constexpr std::size_t max_peers = 1024;
  static constexpr std::chrono::minutes silence{1};

  [[nodiscard]] bool is_due(const Peer& peer, Clock::time_point now = Clock::now());

 private:
  using Address = std::array<std::uint8_t, 16>;

  static Address address_of(const Peer& peer) noexcept;
  void forget_old(Clock::time_point now);

  std::map<Address, Clock::time_point> said_;
  Clock::time_point next_look_;
};

}  // namespace heptap
