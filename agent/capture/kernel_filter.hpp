#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "agent/capture/filter_exclusions.hpp"
#include "agent/pipeline/port_set.hpp"

namespace heptap {

/// What the kernel is to let through.
struct KernelFilterOptions {
  PortSet sip_ports;                   ///< to one of them, or from it
  bool any_port = true;                ///< and on all others
  bool rtp = false;                    ///< all UDP that begins as RTP does, too
  std::uint32_t snap_bytes = 262'144;  ///< how much of each packet; not 0
  std::vector<FilterExclusion> exclusions;
  std::size_t most_instructions =
      4096;  ///< that the kernel takes; it may have no memory for so many
};

/// Generates the kernel's packet filter from the decoder's own tables: it lets through each packet in
/// which the decoder may find SIP or RTCP, whole or in part. These are
/// - SIP: UDP, TCP and SCTP of the ports; on any port, all but UDP that begins as RTP does
/// - RTCP: UDP of any port whose payload has version 2 and a packet type of 192 to 223
/// - every IP fragment: later ones do not have the ports
/// - every tunnel of `tunnel_rows`, whatever is in it
/// - what has more tags or extension headers than the filter follows
/// but for the connections that are excluded. Neither fragments nor packets in tunnels are looked at
/// for that.
/// link_type a LINKTYPE_ number
/// gives     a program that the kernel takes. Should ports or exclusions be too many for the
///           instructions it may have, it lets more through. Empty, which is everything, for a link type other
///           than Ethernet, Linux cooked 1 and 2, and raw IP
[[nodiscard]] std::vector<bpf_insn> kernel_filter(std::uint32_t link_type,
                                                  const KernelFilterOptions& options);

/// Takes connections of our own out of a filter that somebody else has made.
/// link_type what the filter was made for
/// options   the exclusions, and how many instructions there may be
/// filter    any program
/// gives     it, with something before it that rejects those. Should they be too many, only some; none
///           for a link type that kernel_filter() does not know
[[nodiscard]] std::vector<bpf_insn> without_own(std::uint32_t link_type,
                                                const KernelFilterOptions& options,
                                                std::span<const bpf_insn> filter);

/// gives     the program as `tcpdump -d` prints it, one instruction a line
[[nodiscard]] std::string describe(std::span<const bpf_insn> program);

}  // namespace heptap
