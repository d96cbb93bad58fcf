#include "agent/report/frame_line.hpp"

#include "agent/report/text.hpp"
#include "proto/hep/chunk.hpp"
#include "proto/sip/message.hpp"

namespace heptap {
namespace {

bool is_sip(const hep::HepView& frame) noexcept {
  return frame.payload_type == static_cast<std::uint8_t>(hep::PayloadType::sip);
}

std::string sip_summary(Bytes payload) {
  SipView sip;
  if (parse_sip(payload, sip) != Errc::none) {
    return "SIP not a SIP message, " + std::to_string(payload.size()) + " bytes";
  }
  std::string out = "SIP ";
  if (sip.is_request()) {
    out += one_line(sip.method()) + ' ' + one_line(sip.request_uri());
  } else {
    out += std::to_string(sip.status_code()) + ' ' + one_line(sip.reason());
  }
  return out + ' ' + one_line(sip.call_id());
}

std::string other_summary(const hep::HepView& frame) {
  const Bytes content = frame.payload.empty() ? frame.compressed_payload : frame.payload;
  std::string out = "type " + std::to_string(frame.payload_type) + ", " +
                    std::to_string(content.size()) + " bytes";
  if (frame.payload.empty()) out += " compressed";
  if (!frame.correlation_id.empty()) out += ' ' + one_line(frame.correlation_id);
  return out;
}

}  // namespace

std::string console_line(const hep::HepView& frame) {
  return utc_time(frame.time_us()) + ' ' + to_string(frame.source, frame.source_port) + " -> " +
         to_string(frame.destination, frame.destination_port) + ' ' +
         (is_sip(frame) && !frame.payload.empty() ? sip_summary(frame.payload)
                                                  : other_summary(frame));
}

}  // namespace heptap
