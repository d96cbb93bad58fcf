#pragma once

#include <pcap/pcap.h>

#include <cstdint>
#include <optional>
#include <span>
#include <system_error>
#include <vector>

namespace heptap {

/// Gives an open packet socket another filter in one step: each packet meets the old one or the new
/// one. pcap_setfilter() puts one that rejects everything in between, and what comes then is lost and
/// counted by nobody. Needs no capability.
/// link_type what libpcap captures with on this socket
/// errors    not_supported: see kernel_form(); those of setsockopt(SO_ATTACH_FILTER), after which the
///           old one is there still
[[nodiscard]] std::error_code exchange_filter(int fd, std::uint32_t link_type,
                                              std::span<const bpf_insn> program);

/// Turns a program for packets as libpcap gives them into one for packets as the kernel has them: of
/// Linux cooked ones it has no header, and only some of what that says. Others are the same.
/// gives     nothing when it looks at the rest of that header
/// source    libpcap 1.10, pcap-linux.c, fix_program(); linux/filter.h
[[nodiscard]] std::optional<std::vector<bpf_insn>> kernel_form(std::uint32_t link_type,
                                                               std::span<const bpf_insn> program);

}  // namespace heptap
