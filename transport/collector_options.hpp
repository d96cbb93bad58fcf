#pragma once

#include "transport/endpoint.hpp"
#include "transport/file/file_options.hpp"
#include "transport/health.hpp"
#include "transport/kafka/kafka_options.hpp"
#include "transport/spool/spool_options.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

struct ssl_ctx_st;

namespace heptap {

/// What TLS files were once read into. All are equal: the files' names tell options apart.
struct LoadedTls {
  std::shared_ptr<ssl_ctx_st> context;

  bool operator==(const LoadedTls& /*other*/) const noexcept { return true; }
};

/// How a TLS client proves the collector's identity and its own. Files are PEM.
struct TlsOptions {
  std::string ca_file;           ///< empty: the system's CAs
  std::string server_name;       ///< for SNI and the name check; empty: the endpoint's host
  std::string certificate_file;  ///< client certificate with its chain; empty: none is offered
  std::string key_file;          ///< key of certificate_file; empty: it is in certificate_file
  bool verify = true;
  LoadedTls loaded = {};  ///< null: the files are read; a collector sets it for its spool

  bool operator==(const TlsOptions&) const = default;
};

/// When a collector gets its frames, and when it is given up.
struct CollectorOptions {
  std::string name;  ///< for events and counters; empty: the endpoint's URL
  Endpoint endpoint;
  TlsOptions tls;
  std::optional<KafkaOptions> kafka;  ///< set: a topic, and the two above are for nothing
  /// It is files on this machine, and no endpoint; without a spool.
  std::optional<FileOptions> file;

  bool coalesce = true;  ///< false: one frame per write, for collectors that read no further
  std::size_t flush_bytes = 256 * 1024;       ///< a stream write leaves when it is this large: a
                                              ///< wake-up costs more than the waiting
  std::chrono::milliseconds flush_delay{50};  ///< or its first frame has waited this long
  std::uint64_t frames_per_second = 0;        ///< at most; 0: any number
  std::chrono::seconds keepalive{60};         ///< TCP keep-alive after this idle time; 0: none
  std::chrono::milliseconds connect_timeout{10'000};  ///< per address; the TLS handshake again
  std::chrono::milliseconds backoff_min{1'000};
  std::chrono::milliseconds backoff_max{30'000};
  /// How long drain() waits for the peer's FIN, when it has acknowledged all. Unset: until it comes.
  std::optional<std::chrono::milliseconds> close_timeout = std::chrono::milliseconds(30'000);

  /// Frames are waiting and nothing got through for this long: they are lost, and so is all that
  /// comes later. Unset: never.
  std::optional<std::chrono::milliseconds> give_up_after;

  /// What a stream's peer has acknowledged can still be lost in its receive buffer when the
  /// connection is reset. This much is kept to be sent again; the default is Linux's largest
  /// receive buffer. Never more than half the ring is kept.
  std::size_t resend_bytes = 6 * 1024 * 1024;

  /// Frames that it cannot take now wait on disk. Unset: in the ring, as long as there is room.
  std::optional<SpoolOptions> spool;
  /// It is down this long before frames go to disk: most connections are back sooner.
  std::chrono::milliseconds spool_after{1'000};

  /// Whether producers wait for room in the ring. Where they do not, who keeps the ring full makes
  /// others lose frames.
  bool producers_wait = true;

  /// When its pools do without it. Unset: it is in none, and always counts as healthy.
  std::optional<HealthOptions> health;

  /// A datagram counts as sent when no ICMP error came back for one to two times this long.
  std::chrono::milliseconds udp_doubt{100};

  bool operator==(const CollectorOptions&) const = default;
};

enum class EventLevel : std::uint8_t { info, warning, error };

/// Told what a person should know, one line each; called on the transport's thread.
using EventSink = std::function<void(EventLevel, const std::string&)>;

}  // namespace heptap
