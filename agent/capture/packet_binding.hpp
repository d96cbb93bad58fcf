#pragma once

#include <system_error>

namespace heptap {

// A packet socket that is bound with no_protocol is deaf: it has time to get its ring, its filter and
// its place in a group, and nothing that came before is in its ring or in its counters.
// source    packet(7)

/// The protocol to bind it to at first: no packet ever has it.
constexpr int no_protocol = 6;  // ETH_P_DDCMP, which Linux only has a number for

/// gives     the index of the interface a packet socket is bound to, 0: all; -1: it is gone
[[nodiscard]] int bound_interface(int fd) noexcept;

/// From here on the socket hears everything that comes by.
/// interface_index  as bound_interface() gave it
/// errors    those of bind(2)
[[nodiscard]] std::error_code hear_everything(int fd, int interface_index) noexcept;

}  // namespace heptap
