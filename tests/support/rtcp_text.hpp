#pragma once

#include <string>

#include "proto/bytes.hpp"

namespace heptap::test {

/// gives     all that a datagram of RTCP holds, one line for each packet, block, item and so on;
///           the error's name for one that does not walk
[[nodiscard]] std::string rtcp_text(Bytes datagram);

}  // namespace heptap::test
