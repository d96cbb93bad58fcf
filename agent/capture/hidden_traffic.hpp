#pragma once

#include <pcap/pcap.h>

#include <cstdint>
#include <string>
#include <vector>

namespace heptap {

/// Says what a filter of the user's own hides beside the packets it was written for, by trying it
/// with packets: "port 5060" hides later fragments, which have no ports, and tunnels. They have the
/// addresses and ports that the filter asks for, so that one for a host is not said to hide that
/// host's tunnels.
/// link_type a LINKTYPE_ number
/// filter    compiled for that link type
/// gives     names for a warning: "later fragments of IPv4", "gre (IP protocol 47)"; none when
///           everything passes, when nothing that could be SIP does, and for a link type that
///           kernel_filter() makes no filter for
[[nodiscard]] std::vector<std::string> what_it_hides(std::uint32_t link_type,
                                                     const bpf_program& filter);

}  // namespace heptap
