#pragma once

#include <iosfwd>
#include <memory>
#include <string>

#include "proto/hep/decode.hpp"

namespace heptap {

/// Where `heptap collect` puts the frames it got.
class FrameOutput {
 public:
  FrameOutput() = default;
  virtual ~FrameOutput() = default;
  FrameOutput(const FrameOutput&) = delete;
  FrameOutput& operator=(const FrameOutput&) = delete;

  /// gives     false for a frame that this output has no form for
  /// errors    throws std::runtime_error when what it writes to is broken
  virtual bool write(const hep::HepView& frame) = 0;

  /// Makes what was written so far visible to readers: called when no frame is at hand.
  virtual void flush() = 0;

  /// Called once, after the last frame.
  virtual void finish() = 0;
};

/// form      `console`: a line a frame; `json`: an object a line; `calls`: at the end, the calls;
///           `pcap:FILE`: the packets that the frames were made of
/// out       used by all but pcap; must outlive the output
/// gives     null when there is no such form
/// errors    throws std::runtime_error when FILE cannot be made
[[nodiscard]] std::unique_ptr<FrameOutput> make_frame_output(const std::string& form,
                                                             std::ostream& out);

}  // namespace heptap
