#pragma once

#include <cstdint>
#include <vector>

#include "agent/capture/bpf_assembler.hpp"

namespace heptap {

/// Where the program finds the parts of a packet.
enum class FanoutView : std::uint8_t {
  kernel,    ///< as a fanout group of packet sockets has it, of any interface
  ethernet,  ///< a whole frame, for programs that run outside the kernel
};

/// Generates the program by which the kernel shares the packets of an interface among the handles of
/// a fanout group. Each two packets that the decoder has to see together get the same number:
/// - both directions of a connection: TCP, UDP and SCTP by addresses and ports
/// - IP fragments, all of them, by the pair of addresses alone, as later ones have no ports
/// - UDP of a tunnel's port by the pair of addresses alone, as its ports may tell more about one packet
///   in it than about the tunnel; so are all other protocols, and IPv6 with extension headers
/// The kernel takes the outermost VLAN tag off; three more tags of any kind are stepped over, and
/// PPPoE is. What has more of them, MPLS, and what is no IP or cut short gets 0: all of it goes to one
/// handle, which is right, and not shared.
/// members   how many handles share, at least 1
/// gives     a program that the kernel takes; its result is less than `members`, and about equally
///           often each number below
/// source    Linux, net/packet/af_packet.c, fanout_demux_bpf(); Documentation/networking/filter.rst
[[nodiscard]] std::vector<bpf_insn> fanout_program(FanoutView view, std::uint32_t members);

}  // namespace heptap
