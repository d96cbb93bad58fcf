#pragma once

#include <cstdint>
#include <optional>

#include "proto/bytes.hpp"
#include "proto/result.hpp"
#include "proto/rtp/ntp_time.hpp"
#include "proto/rtp/rtcp_xr.hpp"

namespace heptap {

// Each reader here takes a block that next_xr_block() gave. Its errors are unsupported for a block
// of another type, and malformed for one that is too short. VoIP metrics have a header of their own.

/// Sequence numbers that a block is about, and what comes for them. Borrows from the datagram.
struct XrRangeView {
  std::uint32_t ssrc = 0;
  std::uint8_t thinning = 0;         ///< T: only sequence numbers that 2^T divides
  std::uint16_t begin_sequence = 0;  ///< the first one
  std::uint16_t end_sequence = 0;    ///< behind the last one
  Bytes content;                     ///< for next_rle_chunk() or next_receipt_time()
};

/// Losses, duplicates or receipt times.
/// source    RFC 3611 sections 4.1 to 4.3
[[nodiscard]] Result<XrRangeView> parse_xr_range(const XrBlockView& block) noexcept;

/// What a number of packets have in common, or one bit for each of 15. A one is a packet that came
/// (losses), or came once (duplicates).
struct RleChunk {
  std::uint16_t packet_count = 0;  ///< 1 to 16383 of a run, 15 of a vector
  std::uint16_t bits = 0;          ///< of a vector, the first packet's highest: bit 14
  bool is_vector = false;
  bool run_bit = false;  ///< of a run
};

/// Takes the first chunk off a range's content.
/// errors    incomplete: none is left, or the rest is padding
/// source    RFC 3611 section 4.1
[[nodiscard]] Result<RleChunk> next_rle_chunk(Bytes& content) noexcept;

/// Takes the first time off a range's content: units of the stream's clock.
/// errors    incomplete: none is left
/// source    RFC 3611 section 4.3
[[nodiscard]] Result<std::uint32_t> next_receipt_time(Bytes& content) noexcept;

/// When a receiver that sends nothing itself has sent its report.
/// source    RFC 3611 section 4.4
[[nodiscard]] Result<NtpTime> parse_xr_reference_time(const XrBlockView& block) noexcept;

/// The answer to it.
/// source    RFC 3611 section 4.5
struct XrDlrr {
  std::uint32_t ssrc = 0;                 ///< whom it answers
  std::uint32_t last_rr = 0;              ///< middle_bits() of its time; 0: none came so far
  std::uint32_t delay_since_last_rr = 0;  ///< in 1/65536 s
};

/// Takes the first answer off the content of a DLRR block.
/// errors    incomplete: none is left
[[nodiscard]] Result<XrDlrr> next_xr_dlrr(Bytes& content) noexcept;

/// Interarrival jitter of the packets in a range, in units of the stream's clock.
struct XrJitter {
  std::uint32_t least = 0;
  std::uint32_t most = 0;
  std::uint32_t mean = 0;
  std::uint32_t deviation = 0;
};

/// Time to live (IPv4) or hop limit (IPv6) of them.
struct XrHops {
  bool is_ipv6 = false;
  std::uint8_t least = 0;
  std::uint8_t most = 0;
  std::uint8_t mean = 0;
  std::uint8_t deviation = 0;
};

/// What is not flagged in the block is not there.
/// source    RFC 3611 section 4.6
struct XrStatistics {
  std::uint32_t ssrc = 0;
  std::uint16_t begin_sequence = 0;
  std::uint16_t end_sequence = 0;  ///< behind the last one
  std::optional<std::uint32_t> lost_count;
  std::optional<std::uint32_t> duplicate_count;
  std::optional<XrJitter> jitter;
  std::optional<XrHops> hops;
};

[[nodiscard]] Result<XrStatistics> parse_xr_statistics(const XrBlockView& block) noexcept;

}  // namespace heptap
