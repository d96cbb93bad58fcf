#include "proto/net/address.hpp"

#include <arpa/inet.h>

namespace heptap {

std::string to_string(const IpAddress& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const int family = address.family == IpFamily::v4 ? AF_INET : AF_INET6;
  return inet_ntop(family, address.octets.data(), text.data(), text.size());
}

std::string to_string(const IpAddress& address, std::uint16_t port) {
  const std::string host = to_string(address);
  const std::string tail = ":" + std::to_string(port);
  return address.family == IpFamily::v4 ? host + tail : "[" + host + "]" + tail;
}

}  // namespace heptap
