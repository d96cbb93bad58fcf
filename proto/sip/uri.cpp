#include "proto/sip/uri.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <system_error>

#include "proto/sip/chars.hpp"

namespace heptap {

using namespace sip_chars;

namespace {

constexpr auto npos = std::string_view::npos;

bool is_scheme(std::string_view s) noexcept {
  if (s.empty() || !is_alpha(s.front())) return false;
  return std::all_of(s.begin(), s.end(), [](char c) {
    return is_alpha(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
  });
}

/// The part before the first byte of `marks`; `rest` keeps that byte and what follows.
std::string_view take_until(std::string_view& rest, std::string_view marks) noexcept {
  const std::string_view taken = rest.substr(0, rest.find_first_of(marks));
  rest.remove_prefix(taken.size());
  return taken;
}

/// userinfo "@" hostport uri-parameters [ headers ]
Result<UriView> parse_sip_uri(UriView out, std::string_view rest) noexcept {
  if (const std::size_t at = rest.find('@'); at != npos) {
    const std::string_view user_info = rest.substr(0, at);
    const std::size_t colon = user_info.find(':');
    out.user = user_info.substr(0, colon);
    if (colon != npos) out.password = user_info.substr(colon + 1);
    rest.remove_prefix(at + 1);
  }
  const Result<HostPortView> host_port = parse_host_port(take_until(rest, ";?"));
  if (!host_port) return host_port.error();
  out.host = host_port->host;
  out.port = host_port->port;
  out.params = take_until(rest, "?");
  if (!rest.empty()) out.headers = rest.substr(1);
  return out;
}

/// An IPv6 address that lacks its brackets: everything is the address, but of nine groups the last
/// is a port.
std::string_view take_bare_ip6(std::string_view& rest) noexcept {
  const bool has_address_bytes = std::all_of(rest.begin(), rest.end(), [](char c) {
    return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'f') || c == ':' || c == '.';
  });
  if (!has_address_bytes) return {};
  const bool has_port = std::count(rest.begin(), rest.end(), ':') == 8 && rest.find("::") == npos;
  const std::string_view address = has_port ? rest.substr(0, rest.rfind(':')) : rest;
  rest.remove_prefix(address.size());
  return address;
}

}  // namespace

Result<HostPortView> parse_host_port(std::string_view text) noexcept {
  text = trim(text);
  HostPortView out;
  std::string_view port;
  if (text.starts_with('[')) {
    const std::size_t close = text.find(']');
    if (close == npos) return Errc::malformed;
    out.host = text.substr(1, close - 1);
    port = trim_left(text.substr(close + 1));
  } else if (text.find(':') != text.rfind(':')) {
    port = text;
    out.host = take_bare_ip6(port);
  } else {
    port = text;
    out.host = trim_right(take_until(port, ":"));
  }
  if (out.host.empty() || out.host.find_first_of(" \t\r\n") != npos) return Errc::malformed;
  if (port.empty()) return out;
  if (port.front() != ':') return Errc::malformed;
  const std::string_view digits = trim_left(port.substr(1));
  const char* const end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, out.port);
  if (error != std::errc{} || stop != end) return Errc::malformed;
  return out;
}

Result<UriView> parse_uri(std::string_view text) noexcept {
  text = trim(text);
  if (text.size() >= 2 && text.front() == '<' && text.back() == '>') {
    text = trim(text.substr(1, text.size() - 2));
  }
  const std::size_t colon = text.find(':');
  UriView out;
  out.scheme = text.substr(0, colon);
  if (colon == npos || !is_scheme(out.scheme)) return Errc::malformed;
  std::string_view rest = text.substr(colon + 1);
  if (equal_ignoring_case(out.scheme, "sip") || equal_ignoring_case(out.scheme, "sips")) {
    return parse_sip_uri(out, rest);
  }
  if (equal_ignoring_case(out.scheme, "tel")) {
    out.user = take_until(rest, ";");
    out.params = rest;
    if (out.user.empty()) return Errc::malformed;
    return out;
  }
  out.opaque = rest;
  return out;
}

}  // namespace heptap
