#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "config/host_port.hpp"

namespace heptap {

enum class CollectorCarrier : std::uint8_t { udp, tcp, tls, kafka, pcapng, jsonl, console };

/// gives     whether it is files on this machine, or standard output
[[nodiscard]] constexpr bool is_file(CollectorCarrier carrier) noexcept {
  return carrier >= CollectorCarrier::pcapng;
}

/// gives     "udp", "pcapng" and so on; static storage
[[nodiscard]] std::string_view to_string(CollectorCarrier carrier) noexcept;

/// `udp://host:port`, `tcp://[v6]:port`, `tls://name:port` or `kafka://host:port,host:port/topic`, or
/// `pcapng:path`, `jsonl:path`, `console:path`, taken apart.
struct CollectorUrl {
  CollectorCarrier carrier = CollectorCarrier::udp;
  std::string host;  ///< name or address, without brackets
  std::uint16_t port = 0;
  std::vector<HostPort> brokers = {};  ///< of kafka: all, of which host and port are the first
  std::string topic = {};              ///< the same; letters, digits, '.', '_' and '-', at most 249
  /// Of files: the last part may have %Y %m %d %H %M %S %%; "-": standard output.
  std::string path = {};

  bool operator==(const CollectorUrl&) const = default;
};

/// path      of a CollectorUrl, where all names of an open descriptor are "/dev/fd/N", and those of standard
///           output "-"
[[nodiscard]] bool is_descriptor(std::string_view path) noexcept;

/// Reads a collector's address: what parse_host_port() accepts, or a path, behind the carrier.
/// gives     an empty text when `in` is right and `url` is set; else what is wrong with it, in a
///           few words that follow the quoted value ("has no port"), and `url` is untouched
[[nodiscard]] std::string parse_collector_url(std::string_view in, CollectorUrl& url);

/// The same for where to listen: neither Kafka nor files; port 0 is one that the system chooses.
[[nodiscard]] std::string parse_listen_url(std::string_view in, CollectorUrl& url);

/// gives     what a url with the carrier of `in` may be, all of them where it has none; for hints
[[nodiscard]] std::string_view valid_collector_url(std::string_view in) noexcept;

/// gives     the canonical spelling, brackets put back around IPv6
[[nodiscard]] std::string to_string(const CollectorUrl& url);

}  // namespace heptap
