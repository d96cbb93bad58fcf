#pragma once

#include <cstdint>

#include "proto/net/layer.hpp"

namespace heptap {

inline constexpr std::uint8_t ip_protocol_fragment = 44;  ///< of IPv6

/// Whether a next header of IPv6 is that of an extension header: each but the fragment header, of
/// eight octets, begins with its own next header, and how many times eight octets it has after eight.
/// source    IANA: IPv6 extension header types; authentication is a tunnel, see tunnel.hpp
[[nodiscard]] constexpr bool is_ipv6_extension(std::uint8_t protocol) noexcept {
  switch (protocol) {
    case 0:   // hop-by-hop options
    case 43:  // routing
    case ip_protocol_fragment:
    case 60:   // destination options
    case 135:  // mobility
    case 139:  // HIP
    case 140:  // shim6
      return true;
    default: return false;
  }
}

/// Takes one IPv4 or IPv6 header off a packet.
/// at        rest: the packet and whatever padding the link added behind it; then what it carries,
///           bounded by the packet's own length field, or shorter when the capture was cut, and
///           `out.truncated` is set then. out: addresses, ip_protocol, ip_identification,
///           traffic_class, truncated. fragment: when the packet is one
/// gives     Layer::ip_payload or Layer::fragment; or why not. A length field of 0 is that of a
///           packet captured before segmentation offload filled it in: all captured bytes count.
/// source    RFC 791, RFC 8200
[[nodiscard]] Step take_ip(Cursor& at) noexcept;

/// Goes on with what `out.ip_protocol` names: a transport header, a tunnel, or one IPv6 extension
/// header. A fragment header gives Layer::fragment.
/// source    RFC 8200 section 4, RFC 4302
[[nodiscard]] Step take_ip_payload(Cursor& at) noexcept;

/// Takes an authentication header off: nothing in it is checked.
/// source    RFC 4302
[[nodiscard]] Step take_ah(Cursor& at) noexcept;

}  // namespace heptap
