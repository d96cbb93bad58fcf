#include "proto/sip/via.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <system_error>

#include "proto/sip/chars.hpp"
#include "proto/sip/params.hpp"
#include "proto/sip/uri.hpp"

namespace heptap {

using namespace sip_chars;

namespace {

/// Takes a token and the white space around it.
std::string_view take_token(std::string_view& rest) noexcept {
  rest = trim_left(rest);
  const auto* const end = std::find_if_not(rest.begin(), rest.end(), is_token);
  const std::string_view token = rest.substr(0, static_cast<std::size_t>(end - rest.begin()));
  rest = trim_left(rest.substr(token.size()));
  return token;
}

bool take_slash(std::string_view& rest) noexcept {
  if (!rest.starts_with('/')) return false;
  rest.remove_prefix(1);
  return true;
}

}  // namespace

std::string_view ViaView::branch() const noexcept { return param_value(params, "branch"); }

std::string_view ViaView::received() const noexcept {
  std::string_view address = param_value(params, "received");
  if (address.starts_with('[') && address.ends_with(']')) {
    address = address.substr(1, address.size() - 2);
  }
  return address;
}

std::uint16_t ViaView::rport() const noexcept {
  const std::string_view digits = param_value(params, "rport");
  const char* const end = digits.data() + digits.size();
  std::uint16_t number = 0;
  const auto [stop, error] = std::from_chars(digits.data(), end, number);
  return error == std::errc{} && stop == end ? number : std::uint16_t{0};
}

Result<ViaView> parse_via(std::string_view value) noexcept {
  ViaView out;
  std::string_view rest = value;
  if (take_token(rest).empty() || !take_slash(rest)) return Errc::malformed;
  if (take_token(rest).empty() || !take_slash(rest)) return Errc::malformed;
  out.transport = take_token(rest);
  const std::size_t semicolon = std::min(rest.find(';'), rest.size());
  const Result<HostPortView> sent_by = parse_host_port(rest.substr(0, semicolon));
  if (out.transport.empty() || !sent_by) return Errc::malformed;
  out.host = sent_by->host;
  out.port = sent_by->port;
  out.params = rest.substr(semicolon);
  return out;
}

}  // namespace heptap
