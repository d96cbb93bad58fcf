#pragma once

#include "transport/spool/spool_block.hpp"
#include "transport/spool/spool_file.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace heptap {

/// One file of a spool, named by the number of its first frame. Numbers little-endian:
///
///     "heptapSP" | u32 version | u32 salt | u32 alignment | u32 checksum of the 20 bytes before | blocks
namespace spool_segment {

inline constexpr std::size_t header_bytes = 24;
inline constexpr std::uint32_t version = 2;

/// gives     as 00000000000004d2.spool
[[nodiscard]] std::string name_of(std::uint64_t first);
/// gives     the first frame's number; nothing when it is no segment's name
[[nodiscard]] std::optional<std::uint64_t> first_of(std::string_view name) noexcept;

/// gives     where the first block goes
[[nodiscard]] inline std::uint64_t first_block(const SpoolSegmentForm& form) noexcept {
  return form.aligned(header_bytes);
}

/// Also what is before the first block.
[[nodiscard]] std::error_code write_header(SpoolFile& file, const SpoolSegmentForm& form);
/// gives     nothing when it is no segment, or one of another version
[[nodiscard]] std::optional<SpoolSegmentForm> read_header(const SpoolFile& file) noexcept;

/// gives     the header at `offset`, whether the block behind it is whole or not; nothing when there is none
[[nodiscard]] std::optional<SpoolBlockHeader> read_block_header(const SpoolFile& file,
                                                                std::uint32_t salt,
                                                                std::uint64_t offset) noexcept;

struct PlacedBlock {
  SpoolBlockHeader header;
  std::uint64_t offset = 0;  ///< of the header

  [[nodiscard]] std::uint64_t stored_at() const noexcept {
    return offset + SpoolBlockHeader::bytes;
  }
  [[nodiscard]] std::uint64_t end() const noexcept { return stored_at() + header.stored_bytes; }
};

/// gives     the first whole block from `offset` on, at `offset` unless there is damage; nothing when there
///           is none before `end`
[[nodiscard]] std::optional<PlacedBlock> find_block(const SpoolFile& file,
                                                    const SpoolSegmentForm& form,
                                                    std::uint64_t offset, std::uint64_t end);

}  // namespace spool_segment
}  // namespace heptap
