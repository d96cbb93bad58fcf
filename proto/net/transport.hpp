#pragma once

#include "proto/net/layer.hpp"

namespace heptap {

// The readers of what IP carries. Each fills in ports and payload of `at.out`, and truncated when
// the capture was cut.

/// gives     Layer::payload; the layer of a tunnel when a port and what follows say so; or why not.
///           A length of 0 (RFC 2675, and segmentation offload) means all that IP carries.
/// source    RFC 768
[[nodiscard]] Step take_udp(Cursor& at) noexcept;

/// Fills in tcp_flags and tcp_sequence, too.
/// source    RFC 9293
[[nodiscard]] Step take_tcp(Cursor& at) noexcept;

/// The payload starts at the first chunk.
/// source    RFC 9260
[[nodiscard]] Step take_sctp(Cursor& at) noexcept;

}  // namespace heptap
