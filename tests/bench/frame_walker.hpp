#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "proto/bytes.hpp"

namespace heptap::bench {

struct FrameCounts {
  std::uint64_t frames = 0;  ///< complete
  std::uint64_t bytes = 0;   ///< all that came
  std::uint64_t broken = 0;  ///< datagrams that are no frame, streams that stopped making frames
};

/// Of each HEP3 frame the magic and the total length.
inline constexpr std::size_t frame_start_bytes = 6;

/// gives     the frame's length; 0 when no frame starts like this
[[nodiscard]] inline std::size_t frame_length(Bytes start) noexcept {
  ByteReader in(start);
  const std::uint32_t magic = in.be32();
  const std::size_t length = in.be16();
  return in.ok() && magic == 0x48455033 && length >= frame_start_bytes ? length : 0;
}

/// Steps from frame to frame through a stream that comes in any pieces. Of a frame it touches only
/// the start.
class FrameWalker {
 public:
  explicit FrameWalker(FrameCounts& counts) noexcept : counts_(counts) {}

  /// gives     false when no frame starts where one must: the stream is of no more use
  [[nodiscard]] bool take(Bytes in) noexcept {
    counts_.bytes += in.size();
    while (!in.empty()) {
      const bool at_start = start_size_ < frame_start_bytes;
      const std::size_t count =
          std::min(in.size(), at_start ? frame_start_bytes - start_size_ : rest_);
      if (at_start && !take_start(in.first(count))) return false;
      if (!at_start) rest_ -= count;
      if (start_size_ == frame_start_bytes && rest_ == 0) {
        ++counts_.frames;
        start_size_ = 0;
      }
      in = in.subspan(count);
    }
    return true;
  }

  /// The stream has ended; within a frame, that is a broken one.
  void end() noexcept {
    if (start_size_ != 0) ++counts_.broken;
  }

 private:
  bool take_start(Bytes part) noexcept {
    std::copy(part.begin(), part.end(), start_.begin() + static_cast<std::ptrdiff_t>(start_size_));
    start_size_ += part.size();
    if (start_size_ < frame_start_bytes) return true;
    const std::size_t length = frame_length(start_);
    if (length == 0) {
      ++counts_.broken;
      start_size_ = 0;
      return false;
    }
    rest_ = length - frame_start_bytes;
    return true;
  }

  FrameCounts& counts_;
  std::array<std::uint8_t, frame_start_bytes> start_{};
  std::size_t start_size_ = 0;
  std::size_t rest_ = 0;
};

}  // namespace heptap::bench
