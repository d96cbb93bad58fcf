#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace heptap {

enum class Carrier : std::uint8_t { udp, tcp, tls };

/// Where a collector is, or where we listen.
struct Endpoint {
  Carrier carrier = Carrier::udp;
  std::string host;        ///< name or address; IPv6 without brackets
  std::uint16_t port = 0;  ///< 0, for a listener: the system chooses

  bool operator==(const Endpoint&) const = default;
};

/// gives     `udp://host:port`, `tcp://[v6]:port` or `tls://name:port`
[[nodiscard]] std::string to_string(const Endpoint& endpoint);
[[nodiscard]] std::string_view to_string(Carrier carrier) noexcept;

}  // namespace heptap
