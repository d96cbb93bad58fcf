#pragma once

#include <cstdint>
#include <string>

namespace heptap {

enum class Carrier : std::uint8_t { udp, tcp, tls };

/// Where a collector is, or where we listen: `udp://host:port`, `tcp://[v6]:port`,
/// `tls://name:port`.
struct Endpoint {
  Carrier carrier = Carrier::udp;
  std::string host;  ///< name or address, without brackets
  std::uint16_t port = 0;
};

}  // namespace heptap
