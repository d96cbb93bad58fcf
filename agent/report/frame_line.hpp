#pragma once

#include <string>

#include "proto/hep/decode.hpp"

namespace heptap {

/// gives     one line for a person: time, kind, addresses, and what the payload says
[[nodiscard]] std::string console_line(const hep::HepView& frame);

/// gives     one JSON object without a line end. SIP gets a `sip` object with what libosip2, the
///           full grammar, makes of the message; `sip.valid` is false when libosip2 refuses it. A
///           payload that is not UTF-8 stands in `payload` with U+FFFD for its bad bytes, and whole
///           in `payload_hex`.
[[nodiscard]] std::string json_line(const hep::HepView& frame);

}  // namespace heptap
