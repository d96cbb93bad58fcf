#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/host_port.hpp"

namespace heptap {

/// Where names are asked for, in this order.
using DnsServers = std::vector<HostPort>;

/// Reads addresses with commas between them, each with its port or of port 53: "192.0.2.53",
/// "192.0.2.53:5353", "2001:db8::53" or "[2001:db8::53]:5353".
/// gives     as parse_prefixes()
[[nodiscard]] std::string parse_dns_servers(std::string_view in, DnsServers& servers);

}  // namespace heptap
