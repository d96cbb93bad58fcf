#pragma once

#include "proto/bytes.hpp"
#include "proto/net/packet.hpp"

namespace heptap {

/// Takes the UDP, TCP or SCTP header that `out.ip_protocol` names off a packet.
/// in        what IP carries, bounded by IP's own length
/// out       ports and payload; tcp_flags and tcp_sequence; truncated when the capture was cut. An
///           SCTP payload starts at the first chunk.
/// gives     Decoded::packet, or why not. A UDP length of 0 (RFC 2675, and segmentation offload)
///           means all that IP carries.
/// source    RFC 768, RFC 9293, RFC 9260
[[nodiscard]] Decoded take_transport(Bytes in, Packet& out) noexcept;

}  // namespace heptap
