#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "proto/bytes.hpp"
#include "proto/result.hpp"
#include "proto/rtp/ntp_time.hpp"
#include "proto/rtp/rtcp.hpp"

namespace heptap {

/// What a sender says about its own stream. The counts are those since its start, modulo 2^32.
/// source    RFC 3550 section 6.4.1
struct SenderInfo {
  NtpTime ntp_time;
  std::uint32_t rtp_timestamp = 0;  ///< units of the stream's clock
  std::uint32_t packet_count = 0;
  std::uint32_t octet_count = 0;  ///< of payload, without headers and padding
};

/// What a receiver says about one stream that it gets: it is the direction towards the sender of
/// the report.
/// source    RFC 3550 section 6.4.1
struct ReportBlock {
  std::uint32_t ssrc = 0;                       ///< of the stream that is reported on
  std::uint8_t fraction_lost = 0;               ///< since the last report, in 1/256
  std::int32_t cumulative_lost = 0;             ///< 24 bits; duplicates make it negative
  std::uint32_t extended_highest_sequence = 0;  ///< cycles in the upper 16 bits
  std::uint32_t jitter = 0;                     ///< units of the stream's clock
  std::uint32_t last_sr = 0;                    ///< middle_bits() of it; 0: none came so far
  std::uint32_t delay_since_last_sr = 0;        ///< in 1/65536 s
};

/// A sender report or a receiver report. Borrows from the datagram.
struct RtcpReportView {
  std::uint32_t ssrc = 0;            ///< who reports
  std::optional<SenderInfo> sender;  ///< of a sender report
  std::uint8_t block_count = 0;
  Bytes blocks;     ///< that many, for next_report_block()
  Bytes extension;  ///< what a profile put behind them
};

/// packet    one that next_rtcp() gave
/// errors    unsupported: neither a sender nor a receiver report; malformed: shorter than its count
/// source    RFC 3550 sections 6.4.1 and 6.4.2
[[nodiscard]] Result<RtcpReportView> parse_rtcp_report(const RtcpPacketView& packet) noexcept;

/// Takes the first block off the blocks of a report.
/// blocks    moved behind the block, or untouched on an error
/// errors    incomplete: fewer bytes than a block has, none for instance
[[nodiscard]] Result<ReportBlock> next_report_block(Bytes& blocks) noexcept;

}  // namespace heptap
