#pragma once

#include "transport/endpoint.hpp"
#include "transport/lag_histogram.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace heptap {

/// How a TLS client proves the collector's identity and its own. Files are PEM.
struct TlsOptions {
  std::string ca_file;           ///< empty: the system's CAs
  std::string server_name;       ///< for SNI and the name check; empty: the endpoint's host
  std::string certificate_file;  ///< client certificate with its chain; empty: none is offered
  std::string key_file;          ///< key of certificate_file; empty: it is in certificate_file
  bool verify = true;

  bool operator==(const TlsOptions&) const = default;
};

/// When a collector gets its frames, and when it is given up.
struct CollectorOptions {
  std::string name;  ///< for events and counters; empty: the endpoint's URL
  Endpoint endpoint;
  TlsOptions tls;

  bool coalesce = true;  ///< false: one frame per write, for collectors that read no further
  std::size_t flush_bytes = 256 * 1024;       ///< a stream write leaves when it is this large: a
                                              ///< wake-up costs more than the waiting
  std::chrono::milliseconds flush_delay{50};  ///< or its first frame has waited this long
  std::chrono::seconds keepalive{60};         ///< TCP keep-alive after this idle time; 0: none
  std::chrono::milliseconds connect_timeout{10'000};  ///< per address; the TLS handshake again
  std::chrono::milliseconds backoff_min{1'000};
  std::chrono::milliseconds backoff_max{30'000};
  std::chrono::milliseconds close_timeout{5'000};  ///< how long drain() waits for the peer's FIN

  /// Frames are waiting and nothing got through for this long: they are lost, and so is all that
  /// comes later. Unset: never.
  std::optional<std::chrono::milliseconds> give_up_after;

  /// What a stream's peer has acknowledged can still be lost in its receive buffer when the
  /// connection is reset. This much is kept to be sent again; the default is Linux's largest
  /// receive buffer. Never more than half the ring is kept.
  std::size_t resend_bytes = 6 * 1024 * 1024;

  /// A datagram counts as sent when no ICMP error came back for one to two times this long.
  std::chrono::milliseconds udp_doubt{100};

  bool operator==(const CollectorOptions&) const = default;
};

enum class CollectorState : std::uint8_t {
  idle,         ///< not started
  resolving,    ///< asking for the name's addresses
  connecting,   ///< trying them in turn
  handshaking,  ///< TLS
  up,
  closing,   ///< everything was written; waiting for the peer to have read it
  backoff,   ///< waiting before the next attempt
  given_up,  ///< for good: every frame is lost
  closed,    ///< drained
};
[[nodiscard]] std::string_view to_string(CollectorState state) noexcept;

/// Frames that did not arrive, or of which nobody knows.
struct DeliveryLosses {
  std::uint64_t given_up = 0;     ///< never sent: the collector was given up
  std::uint64_t unconfirmed = 0;  ///< sent on a connection that broke, then given up
  std::uint64_t refused = 0;      ///< UDP: sent, then an ICMP error came back
  std::uint64_t too_large = 0;    ///< UDP: no datagram holds it (EMSGSIZE)

  [[nodiscard]] std::uint64_t total() const noexcept {
    return given_up + unconfirmed + refused + too_large;
  }
  DeliveryLosses& operator+=(const DeliveryLosses& other) noexcept;
};

/// One collector's ledger, in frames: entered = sent + lost.total() + held() at every moment.
struct DeliveryCounters {
  std::uint64_t entered = 0;
  std::uint64_t sent = 0;  ///< the peer has them; each frame counts once
  DeliveryLosses lost;
  std::uint64_t queued = 0;      ///< waiting to be written, again perhaps
  std::uint64_t in_doubt = 0;    ///< written, kept in case the connection breaks
  std::uint64_t resent = 0;      ///< written again: duplicates at the peer are at most this many
  std::uint64_t not_closed = 0;  ///< of the sent: the last ones to a peer that has acknowledged
                                 ///< them, but never closed its end: it may not have read them
  std::uint64_t bytes = 0;       ///< handed to the kernel, what was sent again included

  [[nodiscard]] std::uint64_t held() const noexcept { return queued + in_doubt; }
  DeliveryCounters& operator+=(const DeliveryCounters& other) noexcept;
};

/// When every frame is for every collector: passed_before + frames.entered + passed_after are all
/// that were offered, TransportSnapshot::offered.
struct CollectorSnapshot {
  std::string name;
  CollectorState state = CollectorState::idle;
  DeliveryCounters frames;
  std::uint64_t connects = 0;       ///< connections (for UDP: sockets) that came up
  std::uint64_t disconnects = 0;    ///< those that broke
  std::string last_error;           ///< one line; empty: none since a frame got through
  std::uint64_t passed_before = 0;  ///< frames that were offered before it was there
  std::uint64_t passed_after = 0;   ///< and since it left
  std::uint64_t kept_bytes = 0;     ///< in the ring for it, frames of others in between included
  LagHistogram lag;                 ///< of frames when they were handed to the kernel first
  Endpoint peer;  ///< host: the address of the connection, or tried last; the name
                  ///< as long as it was not looked up
};

enum class EventLevel : std::uint8_t { info, warning, error };

/// Told what a person should know, one line each; called on the transport's thread.
using EventSink = std::function<void(EventLevel, const std::string&)>;

}  // namespace heptap
