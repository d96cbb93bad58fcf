#pragma once

#include "transport/frame_records.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

struct ZSTD_CCtx_s;
struct ZSTD_DCtx_s;

namespace heptap {

/// What a segment's header says of all its blocks.
struct SpoolSegmentForm {
  std::uint32_t salt = 0;
  std::uint32_t alignment = 1;  ///< blocks begin at multiples of it; a power of two, a page at most

  /// gives     the first place for a block at `offset`, or behind it
  [[nodiscard]] std::uint64_t aligned(std::uint64_t offset) const noexcept {
    return (offset + alignment - 1) / alignment * alignment;
  }
};

/// What stands before each block of records in a segment. 40 bytes, numbers little-endian:
///
///     "HTsB" | u32 stored size | u32 size of the records | u32 frames
///     u64 number of the first frame | i64 when it was written
///     u32 1: zstd, 0: as it is | u32 checksum of the 36 bytes before, its seed is the segment's salt
///
/// What strangers send is in there, too, and after damage a header is searched for: without the salt,
/// which nobody outside knows, they could make one.
struct SpoolBlockHeader {
  static constexpr std::size_t bytes = 40;

  std::uint32_t stored_bytes = 0;  ///< behind the header
  std::uint32_t record_bytes = 0;  ///< FrameRecords::max_bytes at most
  std::uint32_t frames = 0;        ///< at least one
  std::uint64_t first = 0;         ///< number of its first frame, counted since the spool was made
  std::int64_t written_us = 0;     ///< since 1970, UTC
  bool compressed = false;

  /// gives     the number of the frame behind its last
  [[nodiscard]] std::uint64_t end() const noexcept { return first + frames; }
};

inline constexpr std::array<std::uint8_t, 4> spool_block_magic{'H', 'T', 's', 'B'};

/// input     of any size
/// gives     nothing for what is no header, or a damaged one, or says what cannot be
[[nodiscard]] std::optional<SpoolBlockHeader> read_spool_block_header(
    std::span<const std::uint8_t> input, std::uint32_t salt) noexcept;

/// How blocks are written.
enum class SpoolHaste : std::uint8_t {
  none,   ///< compressed
  quick,  ///< as they are, past the page cache
};

/// Makes blocks. One thread uses it.
class SpoolBlockWriter {
 public:
  SpoolBlockWriter();
  ~SpoolBlockWriter();
  SpoolBlockWriter(const SpoolBlockWriter&) = delete;
  SpoolBlockWriter& operator=(const SpoolBlockWriter&) = delete;

  /// records   not empty; they are sealed here
  /// gives     header, stored bytes, and zeros up to the segment's alignment; begins on a page
  /// lifetime  until the next one is made, and as long as the records are as they are
  [[nodiscard]] std::span<const std::uint8_t> write(FrameRecords& records, std::uint64_t first,
                                                    std::int64_t now_us,
                                                    const SpoolSegmentForm& form, SpoolHaste haste);

 private:
  struct Free {
    void operator()(ZSTD_CCtx_s* context) const noexcept;
  };
  [[nodiscard]] std::size_t compress(std::span<const std::uint8_t> records);

  std::unique_ptr<ZSTD_CCtx_s, Free> context_;
  PageBuffer compressed_;  ///< behind room for a header
};

/// Reads blocks. One thread uses it.
class SpoolBlockReader {
 public:
  SpoolBlockReader();
  ~SpoolBlockReader();
  SpoolBlockReader(const SpoolBlockReader&) = delete;
  SpoolBlockReader& operator=(const SpoolBlockReader&) = delete;

  /// stored    the header.stored_bytes behind the header
  /// gives     the records; they may be damaged, which FrameRecordReader sees. Empty when not even
  ///           their number of bytes is right
  /// lifetime  until the next one is read
  [[nodiscard]] std::span<const std::uint8_t> read(const SpoolBlockHeader& header,
                                                   std::span<const std::uint8_t> stored);

 private:
  struct Free {
    void operator()(ZSTD_DCtx_s* context) const noexcept;
  };
  std::unique_ptr<ZSTD_DCtx_s, Free> context_;
  std::vector<std::uint8_t> records_;
};

}  // namespace heptap
