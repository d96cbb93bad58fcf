#include "transport/endpoint.hpp"

namespace heptap {

std::string to_string(const Endpoint& endpoint) {
  const bool v6 = endpoint.host.find(':') != std::string::npos;
  std::string url{to_string(endpoint.carrier)};
  url += "://";
  url += v6 ? "[" + endpoint.host + "]" : endpoint.host;
  return url + ":" + std::to_string(endpoint.port);
}

std::string_view to_string(Carrier carrier) noexcept {
  switch (carrier) {
    case Carrier::udp: return "udp";
    case Carrier::tcp: return "tcp";
    case Carrier::tls: return "tls";
  }
  return "?";
}

}  // namespace heptap
