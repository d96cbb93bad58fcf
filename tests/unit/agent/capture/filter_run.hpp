#pragma once

#include <pcap/pcap.h>

#include <vector>

#include "tests/support/frame_builder.hpp"

namespace heptap::test {

/// gives     what the program says to the frame: how much of it is captured
inline unsigned run_filter(const std::vector<bpf_insn>& program, const Frame& frame) {
  const auto size = static_cast<unsigned>(frame.size());
  return bpf_filter(program.data(), frame.data(), size, size);
}
inline bool lets_through(const std::vector<bpf_insn>& program, const Frame& frame) {
  return run_filter(program, frame) != 0;
}

}  // namespace heptap::test
