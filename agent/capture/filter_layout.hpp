#pragma once

#include <cstdint>

#include "agent/capture/bpf_assembler.hpp"

namespace heptap {

/// How the parts of the kernel's filter share its registers. X counts from the end of the link header,
/// and every load by it adds the length of that: libpcap moves just such loads for `any`, where the
/// kernel has no link header.
struct FilterLayout {
  /// Places of the scratch memory.
  enum Scratch : std::uint8_t { network, protocol, transport };

  std::uint32_t link_bytes = 0;
  BpfAssembler::Label accept{};
  BpfAssembler::Label reject{};

  /// Loads of this many octets behind X.
  void load8(BpfAssembler& out, std::uint32_t offset) const {
    out.add(BPF_LD | BPF_B | BPF_IND, link_bytes + offset);
  }
  void load16(BpfAssembler& out, std::uint32_t offset) const {
    out.add(BPF_LD | BPF_H | BPF_IND, link_bytes + offset);
  }
  void load32(BpfAssembler& out, std::uint32_t offset) const {
    out.add(BPF_LD | BPF_W | BPF_IND, link_bytes + offset);
  }
};

}  // namespace heptap
