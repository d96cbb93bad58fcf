#pragma once

#include <cstddef>
#include <string_view>

#include "proto/quality/reported_quality.hpp"
#include "proto/quality/rtp_stat.hpp"
#include "proto/sip/message.hpp"

namespace heptap {

/// The report in a PUBLISH, NOTIFY or OPTIONS: its body, or the first such part of a multipart body,
/// as application/vq-rtcpxr or application/vq-rtcp. For parse_vq_report().
/// gives     empty when there is none; for most messages it looks at the method only
/// source    RFC 6035 sections 4.2 and 4.7
[[nodiscard]] std::string_view find_vq_report(const SipView& message) noexcept;

/// One header field with RTP statistics.
struct RtpStatFieldView {
  RtpStatHeader header = RtpStatHeader::none;
  std::string_view value;
};

/// Whether such fields are looked for: in BYE, CANCEL and their responses, and final responses to
/// INVITE. False as well when only fields of other names are there, as far as that costs nothing.
[[nodiscard]] bool may_have_rtp_stat(const SipView& message) noexcept;

/// Takes the next header field with RTP statistics of any message.
/// at        where to look on, 0 at first; moved behind the field
/// gives     false at the end
[[nodiscard]] bool next_rtp_stat(const SipView& message, std::size_t& at,
                                 RtpStatFieldView& out) noexcept;

/// What the header fields of one message say.
struct RtpStatReportView {
  ReportedStreamsView audio;
  ReportedStreamsView video;  ///< of RTP-VideoRxStat and RTP-VideoTxStat
};

/// Reads all header fields with RTP statistics of a message that may_have_rtp_stat().
/// gives     false when it has none, or none that can be read
[[nodiscard]] bool read_rtp_stats(const SipView& message, RtpStatReportView& out) noexcept;

}  // namespace heptap
