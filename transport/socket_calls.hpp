#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>

namespace heptap {

// What the kernel, and a peer, say of a socket.

/// gives     the system's phrase for an errno value
[[nodiscard]] std::string error_text(int error);

/// gives     true for an errno value that means: not now
[[nodiscard]] bool would_block(int error) noexcept;

/// gives     the error an ICMP message left at the socket, or 0; takes it away
[[nodiscard]] int pending_error(int socket) noexcept;

inline constexpr std::uint64_t socket_gone = std::numeric_limits<std::uint64_t>::max();

/// gives     bytes written to the TCP socket that the peer has not acknowledged, or socket_gone.
///           Still right after a FIN or a reset came: the kernel stops counting then, it does not
///           start over.
[[nodiscard]] std::uint64_t unacknowledged_bytes(int socket) noexcept;

/// A TCP peer that vanished is noticed after `idle` and three probes, also with data in flight.
/// 0 asks for nothing.
void set_keepalive(int socket, std::chrono::seconds idle) noexcept;

/// gives     what a server that is no HEP collector, and says so, is; else empty. Static storage.
[[nodiscard]] std::string_view stranger_of(std::span<const std::uint8_t> answer) noexcept;

}  // namespace heptap
