#pragma once

#include <string>

#include "proto/hep/decode.hpp"

namespace heptap {

/// gives     one line for a person: time, kind, addresses, and what the payload says
[[nodiscard]] std::string console_line(const hep::HepView& frame);

}  // namespace heptap
