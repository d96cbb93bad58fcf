#pragma once

#include "agent/capture/pcap_format.hpp"
#include "agent/capture/raw_frame.hpp"
#include "agent/capture/read_state.hpp"

namespace heptap {

/// Reads the frames of a pcap file, one after the other.
class PcapReader {
 public:
  [[nodiscard]] ReadState next(ByteSource& in, RawFrame& out, Damage& damage) noexcept;

 private:
  [[nodiscard]] ReadState read_header(ByteSource& in, Damage& damage) noexcept;

  PcapHeader header_;
  bool header_read_ = false;
};

}  // namespace heptap
