#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "agent/capture/bpf_assembler.hpp"
#include "proto/net/link.hpp"

namespace heptap {

/// action    called with each EtherType of a tag that the decoder steps over, and the tag's length
template <class Action>
void for_each_tag(Action action) {
  for (std::uint32_t type = 0; type <= 0xffff; ++type) {
    const std::size_t bytes = tag_bytes(static_cast<std::uint16_t>(type));
    if (bytes != 0) action(type, static_cast<std::uint32_t>(bytes));
  }
}

/// Writes a step over a tag, by the EtherType in the accumulator; the program goes on behind it.
/// no_tag    where everything else goes
/// skip      called with each length; writes the step over a tag of that length
template <class Skip>
void step_over_tag(BpfAssembler& out, BpfAssembler::Label no_tag, Skip skip) {
  std::array<std::optional<BpfAssembler::Label>, max_tag_bytes + 1> tags;
  for_each_tag([&](std::uint32_t type, std::uint32_t bytes) {
    if (!tags[bytes]) tags[bytes] = out.label();
    out.jump_if(BPF_JEQ, type, *tags[bytes]);
  });
  out.jump(no_tag);
  const BpfAssembler::Label behind = out.label();
  for (std::uint32_t bytes = 0; bytes < tags.size(); ++bytes) {
    if (!tags[bytes]) continue;
    out.place(*tags[bytes]);
    skip(bytes);
    out.jump(behind);
  }
  out.place(behind);
}

}  // namespace heptap
