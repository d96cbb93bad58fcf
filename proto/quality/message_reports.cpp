#include "proto/quality/message_reports.hpp"

#include <algorithm>
#include <array>

#include "proto/sip/cseq.hpp"
#include "proto/sip/multipart.hpp"

namespace heptap {

namespace {

constexpr std::array<std::string_view, 3> report_methods{"PUBLISH", "NOTIFY", "OPTIONS"};

RtpStatHeader header_of(const SipHeader& field) noexcept {
  switch (field.id) {
    case HeaderId::x_rtp_stat: return RtpStatHeader::x_rtp_stat;
    case HeaderId::p_rtp_stat: return RtpStatHeader::p_rtp_stat;
    case HeaderId::other: return find_rtp_stat_header(field.name);
    default: return RtpStatHeader::none;
  }
}

// False for most messages, at one look: they have no header field that we do not know by number.
bool may_have_field(const SipView& message) noexcept {
  return message.contains(HeaderId::other) || message.contains(HeaderId::x_rtp_stat) ||
         message.contains(HeaderId::p_rtp_stat);
}

bool is_video(RtpStatHeader header) noexcept {
  return header == RtpStatHeader::rtp_video_rx_stat || header == RtpStatHeader::rtp_video_tx_stat;
}

}  // namespace

std::string_view find_vq_report(const SipView& message) noexcept {
  const auto* const end = report_methods.end();
  if (!message.is_request() || message.body().empty()) return {};
  if (std::find(report_methods.begin(), end, message.method()) == end) return {};
  const std::string_view body = find_body(message, "application", "vq-rtcpxr");
  return body.empty() ? find_body(message, "application", "vq-rtcp") : body;
}

bool may_have_rtp_stat(const SipView& message) noexcept {
  if (!may_have_field(message)) return false;
  const std::string_view method = transaction_method(message);
  if (method == "BYE" || method == "CANCEL") return true;
  return method == "INVITE" && message.status_code() >= 200;
}

bool next_rtp_stat(const SipView& message, std::size_t& at, RtpStatFieldView& out) noexcept {
  const SipView::Headers fields = message.headers();
  while (at < fields.size()) {
    const SipHeader field = fields[at++];
    const RtpStatHeader header = header_of(field);
    if (header == RtpStatHeader::none) continue;
    out = {header, field.value};
    return true;
  }
  return false;
}

bool read_rtp_stats(const SipView& message, RtpStatReportView& out) noexcept {
  out = {};
  if (!may_have_rtp_stat(message)) return false;
  bool found = false;
  RtpStatView stat;
  std::size_t at = 0;
  for (RtpStatFieldView field; next_rtp_stat(message, at, field);) {
    if (parse_rtp_stat(field.header, field.value, stat) != Errc::none) continue;
    add_reported(stat, is_video(field.header) ? out.video : out.audio);
    found = true;
  }
  return found;
}

}  // namespace heptap
