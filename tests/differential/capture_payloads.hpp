#pragma once

#include <functional>
#include <string>

#include "proto/bytes.hpp"

namespace heptap::test {

/// Hands over what UDP datagrams and TCP segments of a capture file carry, one by one, without
/// putting fragments or streams together: enough to meet every message that one packet holds. Link
/// layers: Ethernet (VLAN tags, PPPoE), Linux cooked 1 and 2, BSD null, raw IP.
/// gives     false when libpcap cannot read the file
bool for_each_payload(const std::string& file, const std::function<void(Bytes)>& take);

}  // namespace heptap::test
