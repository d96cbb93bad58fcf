#pragma once

#include "transport/little_endian.hpp"
#include "transport/page_buffer.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace heptap {

/// A finished frame that waits for a disk, or on it.
struct TimedFrame {
  std::int64_t time_us = 0;  ///< of its packet since 1970, UTC
  std::span<const std::uint8_t> bytes;
};

/// Frames that go to disk together, one record behind the other, numbers little-endian:
///
///     u32 size of the frame | u32 checksum | i64 time_us | the frame
///
/// The checksum is of all that follows, its seed is made of the segment's salt and the frame's number: a
/// record that was copied to another place is damaged, too.
class FrameRecords {
 public:
  static constexpr std::size_t header_bytes = 16;
  static constexpr std::size_t max_frame_bytes = 65535;
  /// So much goes to a file in one write, and to a spool; one frame more may come on top. With its room a
  /// large block has a huge page.
  static constexpr std::size_t small_block_bytes = std::size_t{256} * 1024;
  static constexpr std::size_t large_block_bytes = std::size_t{1920} * 1024;
  static constexpr std::size_t max_bytes = large_block_bytes + header_bytes + max_frame_bytes;
  /// Free before the records, for what stands before them in a file.
  static constexpr std::size_t headroom = 40;

  explicit FrameRecords(std::size_t full_bytes = large_block_bytes)
      : full_bytes_(full_bytes), memory_(headroom + full_bytes + header_bytes + max_frame_bytes) {}

  /// Checksums are left to seal(): who adds frames has less time than who writes them.
  /// frame     of at most max_frame_bytes, while not full()
  void add(const TimedFrame& frame);
  /// first     number of the first frame
  void seal(std::uint32_t salt, std::uint64_t first) noexcept;
  void clear() noexcept;

  [[nodiscard]] bool full() const noexcept { return size_ >= full_bytes_; }
  [[nodiscard]] bool empty() const noexcept { return frames_ == 0; }
  [[nodiscard]] std::uint32_t frames() const noexcept { return frames_; }
  [[nodiscard]] std::span<const std::uint8_t> bytes() const noexcept {
    return {memory_.data() + headroom, size_};
  }
  /// gives     headroom, records and what is free behind them: whole pages
  [[nodiscard]] std::span<std::uint8_t> memory() noexcept {
    return {memory_.data(), memory_.size()};
  }

  /// offset    0, or what behind() gave; before bytes().size()
  /// lifetime  of its bytes: until clear()
  [[nodiscard]] TimedFrame at(std::size_t offset) const noexcept {
    const std::uint8_t* const header = bytes().data() + offset;
    const auto time = get_little_endian<std::uint64_t>(header + time_offset);
    return {.time_us = static_cast<std::int64_t>(time),
            .bytes = {header + header_bytes, get_little_endian<std::uint32_t>(header)}};
  }
  /// gives     where the next record is
  [[nodiscard]] std::size_t behind(std::size_t offset) const noexcept {
    return offset + header_bytes + at(offset).bytes.size();
  }
  /// Shows the bytes of each frame to `visit`, in their order.
  template <class Visit>
  void for_each(Visit visit) const {
    for (std::size_t offset = 0; offset < size_; offset = behind(offset)) visit(at(offset).bytes);
  }

 private:
  static constexpr std::size_t time_offset = 8;  // in the header

  std::size_t full_bytes_;
  PageBuffer memory_;
  std::size_t size_ = 0;  ///< of the records
  std::uint32_t frames_ = 0;
};

/// Reads what FrameRecords has made.
class FrameRecordReader {
 public:
  FrameRecordReader() = default;
  /// salt, first   as they were sealed
  FrameRecordReader(std::span<const std::uint8_t> records, std::uint32_t salt,
                    std::uint64_t first) noexcept
      : rest_(records), salt_(salt), number_(first) {}

  /// gives     the next frame, its bytes in what was given; nothing at the end, and from the first record
  ///           on that is damaged
  [[nodiscard]] std::optional<TimedFrame> next() noexcept;

 private:
  std::span<const std::uint8_t> rest_;
  std::uint32_t salt_ = 0;
  std::uint64_t number_ = 0;
};

}  // namespace heptap
