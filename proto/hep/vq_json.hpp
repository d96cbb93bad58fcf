#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "proto/quality/vq_report.hpp"
#include "proto/result.hpp"

namespace heptap::hep {

/// Writes a phone's report as the JSON of payload type 35. heplify-server looks for `NLR=` and others
/// in its text, homer-ui wants JSON with the keys of an RTP report: this is both.
///
/// vqText                `NLR=1.25;JDR=0.5;IAJ=4;MOSLQ=4.2;MOSCQ=4.1;` of LocalMetrics, what is known
///                       of it; first, so that nothing else is found before it
/// TOTAL_PK, EXPECTED_PK, PACKET_LOSS, DELTA
///                       0: a report does not have them, and homer-ui draws nothing without
/// JITTER, MOS           of LocalMetrics, ms and 1 to 5; MOSCQ before MOSLQ; else 0
/// report, final, callId, reporter, alert, localAddr, remoteAddr
///                       what the report says of itself; final is 0 or 1
/// local, remote         the figures of ReportedQualityView, those that are known
///
/// reporter  whom the message came from, as text
/// out       some 1 KiB; 16 KiB are enough for any report
/// gives     bytes written
/// errors    over_limit: does not fit, and nothing in `out` may be used
/// source    heplify-server's and homer-ui's readers
[[nodiscard]] Result<std::size_t> encode_vq_json(const VqReportView& report,
                                                 std::string_view reporter,
                                                 std::span<std::uint8_t> out) noexcept;

}  // namespace heptap::hep
