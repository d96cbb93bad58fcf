#include "config/dns_servers.hpp"

#include <algorithm>
#include <utility>

#include "config/text.hpp"

namespace heptap {
namespace {

constexpr std::string_view dns_port = ":53";

std::string with_port(std::string_view item) {
  const bool is_bare_v6 = std::count(item.begin(), item.end(), ':') > 1 && item.front() != '[';
  if (is_bare_v6) return "[" + std::string{item} + "]" + std::string{dns_port};
  const bool has_port = item.ends_with(']') ? false : item.find(':') != std::string_view::npos;
  return std::string{item} + (has_port ? "" : std::string{dns_port});
}

std::string parse_server(std::string_view item, HostPort& server) {
  if (item.empty()) return "has an empty item";
  if (std::string fault = parse_host_port(with_port(item), server); !fault.empty()) {
    return fault;
  }
  return is_address(server) ? "" : "has a name, where only an address can be";
}

}  // namespace

std::string parse_dns_servers(std::string_view in, DnsServers& servers) {
  DnsServers all;
  std::string fault =
      take_items(in, [&](std::string_view item) { return parse_server(item, all.emplace_back()); });
  if (fault.empty()) servers = std::move(all);
  return fault;
}

}  // namespace heptap
