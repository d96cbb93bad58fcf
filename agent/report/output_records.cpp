#include "agent/report/output_records.hpp"

#include "agent/report/frame_json.hpp"
#include "proto/hep/chunk.hpp"
#include "proto/hep/decode.hpp"
#include "proto/sip/message.hpp"

namespace heptap {

void write_json_record(std::span<const std::uint8_t> frame, std::string& out) {
  hep::HepView view;
  if (hep::decode(frame, view) != hep::Fault::none) return;
  view.auth_key = {};
  append_frame_json(view, out);
}

void write_call_id(std::span<const std::uint8_t> frame, std::string& out) {
  hep::HepView view;
  if (hep::decode(frame, view) != hep::Fault::none) return;
  SipView sip;
  const bool is_sip = view.payload_type == static_cast<std::uint8_t>(hep::PayloadType::sip) &&
                      parse_sip(view.payload, sip) == Errc::none;
  if (is_sip) {
    out += sip.call_id();
    return;
  }
  out += view.correlation_id;
}

}  // namespace heptap
