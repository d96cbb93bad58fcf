#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace heptap {

/// `host:port` or `[v6]:port`, taken apart.
struct HostPort {
  std::string host;  ///< name or address, without brackets
  std::uint16_t port = 0;

  bool operator==(const HostPort&) const = default;
};

/// Accepts host names (letters, digits, '-', '_', '.'; at most 253), IPv4, and IPv6 in brackets with
/// an optional zone; the port is always written.
/// least_port 1, or 0 where the system may choose the port: a listener
/// gives     an empty text when `in` is right and `where` is set; else what is wrong with it, in a
///           few words that follow the quoted value ("has no port"), and `where` is untouched
/// source    RFC 3986 section 3.2 (authority), RFC 1123 section 2.1 (host names)
[[nodiscard]] std::string parse_host_port(std::string_view in, HostPort& where,
                                          std::uint16_t least_port = 1);

/// gives     whether the host is an address, not a name
/// where     from parse_host_port()
[[nodiscard]] bool is_address(const HostPort& where);

/// gives     the canonical spelling, brackets put back around IPv6
[[nodiscard]] std::string to_string(const HostPort& where);

}  // namespace heptap
