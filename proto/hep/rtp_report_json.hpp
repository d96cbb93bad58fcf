#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "proto/net/address.hpp"
#include "proto/result.hpp"
#include "proto/rtp/stream.hpp"

namespace heptap::hep {

enum class RtpReportType : std::uint8_t {
  periodic,  ///< a period of a stream that goes on
  hangup,    ///< its last period
  final,     ///< the whole stream
};

/// One of the two who talk, or who sends to whom.
enum class RtpSide : std::uint8_t { caller, callee };

/// A value of a period, and how it was over the whole stream so far.
struct RtpReportScore {
  double now = 0;
  double mean = 0;
  double min = 0;
  double max = 0;
};

using MacAddress = std::array<std::uint8_t, 6>;

/// One stream as HOMER has it. Borrows its texts.
struct RtpReport {
  RtpReportType type = RtpReportType::periodic;
  RtpSide party = RtpSide::caller;      ///< who sends the stream
  RtpSide direction = RtpSide::caller;  ///< caller: from caller to callee
  std::string_view call_id;
  IpAddress source;
  IpAddress destination;
  std::uint16_t source_port = 0;
  std::uint16_t destination_port = 0;
  std::optional<MacAddress> source_mac;
  std::optional<MacAddress> destination_mac;
  std::uint32_t ssrc = 0;
  std::uint32_t ssrc_changes = 0;  ///< of this direction
  std::string_view codec_name;     ///< as SDP has it, "PCMU"; empty: unknown
  std::uint8_t channels = 1;
  RtpFigures figures;  ///< those of the period, or of the whole stream when `type` is final
  std::optional<RtpReportScore> mos;
  std::optional<RtpReportScore> r_factor;
  bool is_one_way = false;           ///< nothing comes back
  bool is_capture_degraded = false;  ///< the tap itself lost packets meanwhile
  std::int64_t start_ns = 0;         ///< of the period
  std::int64_t end_ns = 0;
};

/// Writes the JSON of payload type 34, one object with the keys of QXIP's own senders, in capitals, and
/// one of our own: capture_degraded, true, where packets were lost that may be taken for the network's.
///
/// Numbers are numbers: times in seconds since 1970, to the microsecond; JITTER, DELTA and SKEW in
/// ms; packets are those without duplicates. What nobody knows is left out: MOS and R factor without
/// a codec to compute them with, CODEC_NAME, the MAC addresses.
/// JITTER is as it stands at the end of the period, DELTA the mean, TL_BYTE payload, SEQ how often a
/// packet had not the number behind the newest: runs of losses, late packets and duplicates.
///
/// out       1500 bytes and four times the size of the Call-ID are enough
/// gives     bytes written
/// errors    over_limit: does not fit, and nothing in `out` may be used
[[nodiscard]] Result<std::size_t> encode_rtp_report(const RtpReport& report,
                                                    std::span<std::uint8_t> out) noexcept;

}  // namespace heptap::hep
