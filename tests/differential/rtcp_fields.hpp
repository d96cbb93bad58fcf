#pragma once

#include <map>
#include <string>
#include <vector>

#include "proto/bytes.hpp"

namespace heptap::test {

/// All values of a field, in the order of the datagram, with '|' between them.
using RtcpFields = std::map<std::string, std::string>;

/// gives     tshark's names of the fields that rtcp_fields() knows
[[nodiscard]] const std::vector<std::string>& rtcp_field_names();

/// compound  one that count_rtcp() accepts
/// gives     its values as tshark prints them
[[nodiscard]] RtcpFields rtcp_fields(Bytes compound);

}  // namespace heptap::test
