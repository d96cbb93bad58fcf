#pragma once

#include <pcap/pcap.h>

#include <vector>

namespace heptap {

/// The loopback interface shows a socket each packet twice: as it leaves, and as it comes. libpcap gives
/// the second one alone, but the kernel has counted and stored both, so that one of them would seem to
/// wait for ever. The kernel is to reject it.
/// program         for a packet socket
/// loopback_index  of the interface
/// gives           the same program behind one that rejects what leaves by loopback
/// source          libpcap 1.10, pcap-linux.c, linux_check_direction()
[[nodiscard]] std::vector<bpf_insn> without_loopback_copies(const std::vector<bpf_insn>& program,
                                                            unsigned loopback_index);

}  // namespace heptap
