#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "proto/hep/decode.hpp"

namespace heptap::test {

/// What heplify-server, HOMER's chart, kamailio and a database's text column need of the JSON of an
/// RTCP compound (payload type 5).
/// gives     a sentence for each rule that it breaks
[[nodiscard]] std::vector<std::string> rtcp_json_faults(std::string_view json);

/// The same for a whole frame: its type, its correlation id and its payload.
[[nodiscard]] std::vector<std::string> rtcp_frame_faults(const hep::HepView& frame);

}  // namespace heptap::test
