#pragma once

#include <cstdint>
#include <vector>

#include "agent/capture/bpf_assembler.hpp"
#include "agent/pipeline/port_set.hpp"

namespace heptap {

/// The ports at which a set begins or ends, ascending: a port is in the set when an odd number of
/// them is not above it.
using PortBounds = std::vector<std::uint32_t>;

/// max_ranges   at least 1. What has more loses its smallest gaps: a filter may let more through,
///              never less
[[nodiscard]] PortBounds port_bounds(const PortSet& ports, std::size_t max_ranges);

/// gives     the UDP ports of the decoder's own tunnels
[[nodiscard]] PortBounds tunnel_port_bounds();

/// Adds a search for the port in the accumulator; one that is not in the set goes on behind it.
void find_port(BpfAssembler& out, const PortBounds& bounds, BpfAssembler::Label found);

}  // namespace heptap
