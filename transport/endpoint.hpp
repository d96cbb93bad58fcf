#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace heptap {

enum class Carrier : std::uint8_t { udp, tcp, tls };

/// Where a collector is, or where we listen: `udp://host:port`, `tcp://[v6]:port`,
/// `tls://name:port`.
struct Endpoint {
  Carrier carrier = Carrier::udp;
  std::string host;  ///< name or address, without brackets
  std::uint16_t port = 0;
};

/// What HEP collectors listen on, whatever the carrier.
inline constexpr std::uint16_t default_port = 9060;

/// Reads `carrier://host[:port]`. An IPv6 address needs brackets; the port defaults to 9060.
/// errors    std::invalid_argument whose text quotes the URL and names the fault: this is start-up
///           code, and the text goes to the person who wrote the URL
[[nodiscard]] Endpoint parse_endpoint(std::string_view url);

/// gives     what parse_endpoint reads back as the same value
[[nodiscard]] std::string to_string(const Endpoint& endpoint);
[[nodiscard]] std::string_view to_string(Carrier carrier) noexcept;

}  // namespace heptap
