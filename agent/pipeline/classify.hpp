#pragma once

#include <cstdint>
#include <string_view>

#include "proto/net/packet.hpp"

namespace heptap {

/// What a transport payload holds, told by its content, never by its port.
enum class Content : std::uint8_t {
  sip,
  hep,         ///< a HEP3 frame: somebody's capture of somebody's capture, never wrapped again
  keep_alive,  ///< empty, or nothing but CR, LF and NUL (RFC 5626 pings and NAT keep-alives)
  stream,      ///< TCP and SCTP payload; streams are not put together
  other,
  count_
};

/// gives     the enumerator's own spelling; static storage
[[nodiscard]] std::string_view to_string(Content content) noexcept;

[[nodiscard]] Content classify(const Packet& packet) noexcept;

}  // namespace heptap
