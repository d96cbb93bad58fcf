#pragma once

#include <boost/asio/ip/address.hpp>
#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <string>

namespace heptap::test {

using RelayClock = std::chrono::steady_clock;

[[nodiscard]] inline std::int64_t relay_now_us() {
  return std::chrono::duration_cast<std::chrono::microseconds>(RelayClock::now().time_since_epoch())
      .count();
}

[[nodiscard]] inline RelayClock::time_point relay_time(std::int64_t time_us) {
  return RelayClock::time_point{std::chrono::microseconds{time_us}};
}

/// text      ADDRESS:PORT, an IPv6 address with or without brackets
/// errors    std::runtime_error
template <class Endpoint>
[[nodiscard]] Endpoint parse_endpoint(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos) throw std::runtime_error(text + ": no port");
  std::string host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  const unsigned long port = std::stoul(text.substr(colon + 1));
  if (port > 65'535) throw std::runtime_error(text + ": no port");
  return {boost::asio::ip::make_address(host), static_cast<std::uint16_t>(port)};
}

}  // namespace heptap::test
