#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "proto/bytes.hpp"
#include "proto/result.hpp"

namespace heptap::hep {

/// Writes what a datagram of RTCP reports as the JSON of payload type 5, in the shape that all
/// senders share: one object for the whole compound, with the numbers of the wire.
///
/// sender_information   of the first sender report; ntp_timestamp_usec is the 32 bit fraction, as
///                      everybody sends it; ntp_unix_us, ours, is there when it is a time of day
/// ssrc, type           of the first sender report (200), else of the first receiver report (201),
///                      else of the first extended report (207), else of the description (202)
/// report_blocks        of all reports; report_count is how many, because some readers take the
///                      block before it. reporter_ssrc, when that is not `ssrc`. packets_lost is
///                      signed. Never absent: readers index it unseen
/// report_blocks_xr, voip_metrics
///                      the first VoIP metrics, flat and in full; further ones in
///                      voip_metrics_more. What the endpoint does not know is left out of the latter
/// sdes_ssrc, sdes_report_count, sdes_information
///                      of all chunks; sdes_chunk_ssrc, when that is not `sdes_ssrc`
///
/// in        a datagram
/// out       some 200 bytes for each report block; for each SDES item 60, and at most twice its text
/// gives     bytes written
/// errors    those of count_rtcp(); unsupported: nothing but goodbyes, feedback and the like, which no
///           collector reads; over_limit: does not fit, and nothing in `out` may be used
/// source    heplify's and captagent's shapes
[[nodiscard]] Result<std::size_t> encode_rtcp_json(Bytes in, std::span<std::uint8_t> out) noexcept;

}  // namespace heptap::hep
