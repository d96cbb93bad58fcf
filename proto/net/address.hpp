#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <string>

#include "proto/bytes.hpp"

namespace heptap {

enum class IpFamily : std::uint8_t { v4, v6 };

/// An IPv4 or IPv6 address in network byte order. An IPv4 address fills the first four octets; the
/// rest are zero, so that addresses compare and hash as 17 plain bytes.
struct IpAddress {
  IpFamily family = IpFamily::v4;
  std::array<std::uint8_t, 16> octets{};

  /// in        4 octets: IPv4; 16 octets: IPv6; any other count gives 0.0.0.0
  [[nodiscard]] static IpAddress from(Bytes in) noexcept {
    IpAddress out;
    out.assign(in);
    return out;
  }
  /// The same in place. On the packet path a value that was just written in small pieces is not
  /// copied in one: the processor would wait until all earlier writes are through.
  void assign(Bytes in) noexcept {
    octets = {};
    family = in.size() == 16 ? IpFamily::v6 : IpFamily::v4;
    if (in.size() == 4 || in.size() == 16) std::memcpy(octets.data(), in.data(), in.size());
  }

  [[nodiscard]] Bytes bytes() const noexcept {
    return Bytes{octets}.first(family == IpFamily::v4 ? 4 : 16);
  }

  friend bool operator==(const IpAddress&, const IpAddress&) = default;
};

/// gives     "192.0.2.1" or the RFC 5952 form of an IPv6 address, without brackets
[[nodiscard]] std::string to_string(const IpAddress& address);

/// gives     "192.0.2.1:5060" or "[2001:db8::1]:5060"
[[nodiscard]] std::string to_string(const IpAddress& address, std::uint16_t port);

}  // namespace heptap
