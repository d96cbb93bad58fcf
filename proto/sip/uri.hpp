#pragma once

#include <cstdint>
#include <string_view>

#include "proto/result.hpp"

namespace heptap {

/// A URI, taken apart as far as a tap needs it. All pieces are as written: no escapes are undone.
struct UriView {
  std::string_view scheme;    ///< "sip"
  std::string_view user;      ///< sip, sips: may be empty; tel: the number; other schemes: empty
  std::string_view password;  ///< usually empty
  std::string_view host;      ///< sip, sips: an IPv6 address without its brackets
  std::uint16_t port = 0;     ///< 0: none was written
  std::string_view params;    ///< from the first semicolon on; see find_param()
  std::string_view headers;   ///< what follows the question mark
  std::string_view opaque;    ///< other schemes: all that follows the colon
};

/// text      a URI, with or without angle brackets around it, no display name
/// errors    malformed: no scheme, a sip or sips URI without a host or with a bad port
/// source    RFC 3261 sections 19.1.1 and 25.1, RFC 3966 section 3 (tel)
[[nodiscard]] Result<UriView> parse_uri(std::string_view text) noexcept;

/// A host and a port, as in a URI and in Via: `example.com`, `192.0.2.1:5060`,
/// `[2001:db8::1]:5060`.
struct HostPortView {
  std::string_view host;  ///< without the brackets of an IPv6 address
  std::uint16_t port = 0;
};

/// text      nothing but these; white space around the colon is allowed (Via), and an IPv6 address
///           may lack its brackets, as old user agents write it
/// errors    malformed: no host, bracket not closed, port not 0 to 65535, anything after it
/// source    RFC 3261 section 25.1, `hostport` and `sent-by`
[[nodiscard]] Result<HostPortView> parse_host_port(std::string_view text) noexcept;

}  // namespace heptap
