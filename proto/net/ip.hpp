#pragma once

#include "proto/bytes.hpp"
#include "proto/net/packet.hpp"

namespace heptap {

/// Takes one IPv4 or IPv6 header, with IPv6 extension headers, off a packet.
/// in        the packet and whatever padding the link added behind it
/// rest      the transport header and payload, bounded by the packet's own length field; shorter
///           when the capture was cut, and `out.truncated` is set then
/// out       source, destination, ip_protocol, traffic_class, truncated
/// gives     Decoded::packet; or why not. A length field of 0 is that of a packet captured before
///           segmentation offload filled it in: all captured bytes count.
/// source    RFC 791, RFC 8200
[[nodiscard]] Decoded take_ip(Bytes in, Bytes& rest, Packet& out) noexcept;

}  // namespace heptap
