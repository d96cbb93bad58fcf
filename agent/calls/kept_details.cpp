#include "agent/calls/kept_details.hpp"

#include <string_view>

namespace heptap {

static_assert(CallDetails::max_text_bytes < 0xffff - 8, "with an ellipsis behind it");

void KeptDetails::keep(const CallDetails& details) {
  texts_.assign(details.call_id).append(details.from).append(details.to);
  call_id_bytes_ = static_cast<std::uint16_t>(details.call_id.size());
  from_bytes_ = static_cast<std::uint16_t>(details.from.size());
  flow_ = details.flow;
  ip_protocol_ = details.ip_protocol;
}

void KeptDetails::give(CallDetails& out) const {
  const std::string_view texts = texts_;
  out.call_id.assign(texts.substr(0, call_id_bytes_));
  out.from.assign(texts.substr(call_id_bytes_, from_bytes_));
  out.to.assign(texts.substr(std::size_t{call_id_bytes_} + from_bytes_));
  out.flow = flow_;
  out.ip_protocol = ip_protocol_;
}

}  // namespace heptap
