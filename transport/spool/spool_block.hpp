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

/// What stands before each block of records in a segment. 40 bytes, numbers little-endian:
///
///     "HTsB" | u32 stored size | u32 size of the records | u32 frames
///     u64 number of the first frame | i64 when it was written
///     u32 1: zstd, 0: as it is | u32 CRC-32 of the 36 bytes before, begun with the segment's salt
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

enum class SpoolCompression : std::uint8_t { zstd, none };

/// Makes blocks. One thread uses it.
class SpoolBlockWriter {
 public:
  SpoolBlockWriter();
  ~SpoolBlockWriter();
  SpoolBlockWriter(const SpoolBlockWriter&) = delete;
  SpoolBlockWriter& operator=(const SpoolBlockWriter&) = delete;

  /// records   not empty; they are sealed here
  /// gives     header and stored bytes
  /// lifetime  until the next one is made
  [[nodiscard]] std::span<const std::uint8_t> write(FrameRecords& records, std::uint64_t first,
                                                    std::int64_t now_us, std::uint32_t salt,
                                                    SpoolCompression compression);

 private:
  struct Free {
    void operator()(ZSTD_CCtx_s* context) const noexcept;
  };
  std::unique_ptr<ZSTD_CCtx_s, Free> context_;
  std::vector<std::uint8_t> out_;
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
