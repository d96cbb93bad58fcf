#pragma once

#include "transport/endpoint.hpp"
#include "transport/file/file_counters.hpp"
#include "transport/lag_histogram.hpp"
#include "transport/spool/spool_counters.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace heptap {

enum class CollectorState : std::uint8_t {
  idle,         ///< not started
  resolving,    ///< asking for the name's addresses
  connecting,   ///< trying them in turn
  handshaking,  ///< TLS
  up,
  closing,   ///< everything was written; waiting for the peer to have read it
  backoff,   ///< waiting before the next attempt
  spooling,  ///< was too slow: all frames go over the spool until that is empty
  given_up,  ///< for good: every frame is lost
  closed,    ///< drained
};
[[nodiscard]] std::string_view to_string(CollectorState state) noexcept;

/// Frames that did not arrive, or of which nobody knows.
struct DeliveryLosses {
  std::uint64_t given_up = 0;     ///< never sent: the collector was given up
  std::uint64_t unconfirmed = 0;  ///< sent on a connection that broke, or that the peer did not
                                  ///< close in the end, then given up
  std::uint64_t refused = 0;      ///< sent, then an ICMP error came back, or Kafka's
  std::uint64_t too_large = 0;    ///< no datagram holds it (EMSGSIZE), or no record of Kafka
  std::uint64_t disk = 0;         ///< files: could not be written
  std::uint64_t too_slow = 0;  ///< made room in the ring: it took them more slowly than they came

  [[nodiscard]] std::uint64_t total() const noexcept {
    return given_up + unconfirmed + refused + too_large + disk + too_slow;
  }
  DeliveryLosses& operator+=(const DeliveryLosses& other) noexcept;
};

/// One collector's ledger, in frames: entered = sent + spooled + lost.total() + held() at every moment.
struct DeliveryCounters {
  std::uint64_t entered = 0;
  std::uint64_t sent = 0;  ///< the peer has them; each frame counts once
  DeliveryLosses lost;
  std::uint64_t spooled = 0;   ///< gone to the spool, whose ledger goes on with them
  std::uint64_t queued = 0;    ///< waiting to be written, again perhaps
  std::uint64_t in_doubt = 0;  ///< written, kept in case the connection breaks
  std::uint64_t resent = 0;    ///< written again, or spooled though they were written before:
                               ///< duplicates at the peer are at most this many
  std::uint64_t fragmented =
      0;  ///< UDP: handed to the kernel, and longer than the path's MTU: lost when
          ///< one IP fragment of it is
  std::uint64_t bytes = 0;      ///< handed to the kernel, what was sent again included
  std::uint64_t elsewhere = 0;  ///< never entered: while it was there, frames for others alone

  [[nodiscard]] std::uint64_t held() const noexcept { return queued + in_doubt; }
  DeliveryCounters& operator+=(const DeliveryCounters& other) noexcept;
};

/// passed_before + frames.entered + frames.elsewhere + passed_after are all that were offered,
/// TransportSnapshot::offered.
struct CollectorSnapshot {
  std::string name;
  CollectorState state = CollectorState::idle;
  DeliveryCounters frames;
  std::uint64_t connects = 0;          ///< connections (for UDP: sockets) that came up
  std::uint64_t disconnects = 0;       ///< those that broke
  std::string last_error;              ///< one line; empty: none since a frame got through
  std::uint64_t passed_before = 0;     ///< frames that were offered before it was there
  std::uint64_t passed_after = 0;      ///< and since it left
  std::uint64_t kept_bytes = 0;        ///< in the ring for it, frames of others in between included
  std::optional<SpoolCounters> spool;  ///< unset: it has none
  std::filesystem::path spool_folder;
  std::optional<FileCounters> files;    ///< unset: it is no collector of files
  std::uint64_t unconfirmed_bytes = 0;  ///< of those, what the peer does not have
  LagHistogram lag;                     ///< of frames when they were handed to the kernel first
  std::optional<bool> healthy;          ///< for its pools; unset: it is in none
  std::vector<Endpoint> peers;  ///< host: the address of the connection, or tried last; the name
                                ///< as long as it was not looked up
};

}  // namespace heptap
