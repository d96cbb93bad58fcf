#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "proto/bytes.hpp"
#include "proto/result.hpp"
#include "proto/rtp/ntp_time.hpp"
#include "proto/rtp/rtcp.hpp"

namespace heptap {

/// The blocks of an extended report, by their numbers in RFC 3611 section 4.
enum class XrBlockType : std::uint8_t {
  other = 0,  ///< one of a newer RFC, or of nobody: skipped by its length
  loss_rle = 1,
  duplicate_rle = 2,
  receipt_times = 3,
  reference_time = 4,
  dlrr = 5,
  statistics = 6,
  voip_metrics = 7,
  count_ = 8
};

/// An extended report. Borrows from the datagram.
struct XrView {
  std::uint32_t ssrc = 0;  ///< who reports
  Bytes blocks;            ///< for next_xr_block()
};

/// errors    unsupported: not an XR; malformed: without its source
/// source    RFC 3611 section 2
[[nodiscard]] Result<XrView> parse_xr(const RtcpPacketView& packet) noexcept;

/// One block of it. Borrows from the datagram.
struct XrBlockView {
  XrBlockType type = XrBlockType::other;
  std::uint8_t number = 0;         ///< the block type as it came
  std::uint8_t type_specific = 0;  ///< the second byte
  Bytes content;                   ///< behind the four bytes of its header
};

/// Takes the first block off. Behind one that is damaged nothing can be found.
/// blocks    moved behind the block, or untouched on an error
/// errors    incomplete: none is left, or the block ends beyond its packet
/// source    RFC 3611 section 3
[[nodiscard]] Result<XrBlockView> next_xr_block(Bytes& blocks) noexcept;

/// What is in an extended report.
struct XrBlockCounts {
  std::array<std::uint32_t, static_cast<std::size_t>(XrBlockType::count_)> blocks{};
  bool is_cut = false;  ///< the last one ends beyond the packet, and is not counted

  [[nodiscard]] std::uint32_t operator[](XrBlockType type) const noexcept {
    return blocks[static_cast<std::size_t>(type)];
  }
};

[[nodiscard]] XrBlockCounts count_xr_blocks(const XrView& report) noexcept;

}  // namespace heptap
