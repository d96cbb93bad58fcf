#pragma once

#include <string>

#include "proto/hep/decode.hpp"

namespace heptap {

/// Appends one JSON object without a line end. SIP gets a `sip` object: sip_json.hpp. A payload that is
/// not UTF-8 stands in `payload` with U+FFFD for its bad bytes, and whole in `payload_hex`.
void append_frame_json(const hep::HepView& frame, std::string& out);

/// gives     the same
[[nodiscard]] inline std::string json_line(const hep::HepView& frame) {
  std::string out;
  append_frame_json(frame, out);
  return out;
}

}  // namespace heptap
