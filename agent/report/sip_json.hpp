#pragma once

#include "proto/bytes.hpp"
#include "proto/hep/json_text.hpp"

namespace heptap {

/// Appends the member `sip`: what a SIP message says of itself, its parties and its media. A message in
/// order is read with index and grammar; what is odd about one, libosip2 judges: what it refuses has
/// nothing but `valid`, which is false.
void append_sip(hep::JsonText& json, Bytes payload);

}  // namespace heptap
