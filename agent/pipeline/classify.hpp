#pragma once

#include <cstdint>
#include <string_view>

#include "proto/net/packet.hpp"
#include "proto/result.hpp"

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

/// sip       what parse_sip() said of a UDP payload: what is not malformed is SIP, or was to be
[[nodiscard]] Content classify(const Packet& packet, Errc sip) noexcept;

}  // namespace heptap
