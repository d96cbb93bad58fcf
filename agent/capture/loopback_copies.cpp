#include "agent/capture/loopback_copies.hpp"

#include <linux/filter.h>
#include <linux/if_packet.h>

#include <array>
#include <cstdint>

namespace heptap {

std::vector<bpf_insn> without_loopback_copies(const std::vector<bpf_insn>& program,
                                              unsigned loopback_index) {
  constexpr auto beside_packet = static_cast<std::uint32_t>(SKF_AD_OFF);
  const std::array<bpf_insn, 5> rejection{{
      {BPF_LD | BPF_W | BPF_ABS, 0, 0, beside_packet + SKF_AD_IFINDEX},
      {BPF_JMP | BPF_JEQ | BPF_K, 0, 3, loopback_index},
      {BPF_LD | BPF_W | BPF_ABS, 0, 0, beside_packet + SKF_AD_PKTTYPE},
      {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, PACKET_OUTGOING},
      {BPF_RET | BPF_K, 0, 0, 0},
  }};
  std::vector<bpf_insn> both(rejection.begin(), rejection.end());
  both.insert(both.end(), program.begin(), program.end());
  return both;
}

}  // namespace heptap
