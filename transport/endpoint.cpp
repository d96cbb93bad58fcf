#include "transport/endpoint.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <stdexcept>

namespace heptap {
namespace {

[[noreturn]] void refuse(std::string_view url, std::string_view why) {
  throw std::invalid_argument("\"" + std::string{url} + "\": " + std::string{why});
}

std::optional<Carrier> parse_carrier(std::string_view scheme) {
  constexpr std::array carriers{Carrier::udp, Carrier::tcp, Carrier::tls};
  const auto* const found = std::find_if(carriers.begin(), carriers.end(),
                                         [&](Carrier c) { return to_string(c) == scheme; });
  if (found == carriers.end()) return std::nullopt;
  return *found;
}

std::uint16_t parse_port(std::string_view url, std::string_view digits) {
  std::uint16_t port = 0;
  const char* const end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, port);
  if (error != std::errc{} || stop != end || port == 0) {
    refuse(url, "the port must be a number from 1 to 65535");
  }
  return port;
}

bool is_host_character(char c) {
  const bool alphanumeric =
      (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return alphanumeric || c == '-' || c == '.' || c == '_';
}

bool is_v6_character(char c) { return is_host_character(c) || c == ':' || c == '%'; }

}  // namespace

Endpoint parse_endpoint(std::string_view url) {
  const auto scheme_size = url.find("://");
  if (scheme_size == std::string_view::npos) {
    refuse(url, "expected udp://HOST:PORT, tcp://HOST:PORT or tls://HOST:PORT");
  }
  const auto carrier = parse_carrier(url.substr(0, scheme_size));
  if (!carrier) refuse(url, "the carrier must be udp, tcp or tls");

  std::string_view rest = url.substr(scheme_size + 3);
  const bool bracketed = rest.starts_with('[');
  const auto host_end = bracketed ? rest.find(']') : rest.find(':');
  if (bracketed && host_end == std::string_view::npos) refuse(url, "missing ']'");
  const std::string_view host =
      bracketed ? rest.substr(1, host_end - 1) : rest.substr(0, std::min(host_end, rest.size()));
  if (host.empty()) refuse(url, "the host is missing");
  if (!std::all_of(host.begin(), host.end(), bracketed ? is_v6_character : is_host_character)) {
    refuse(url, "the host holds a character that no name or address has");
  }
  if (bracketed && host.find(':') == std::string_view::npos) {
    refuse(url, "brackets are for IPv6 addresses only");
  }
  rest.remove_prefix(bracketed ? host_end + 1 : host.size());
  if (rest.empty()) return {*carrier, std::string{host}, default_port};
  if (!rest.starts_with(':')) refuse(url, "only a port may follow the host");
  if (!bracketed && rest.find(':', 1) != std::string_view::npos) {
    refuse(url, "an IPv6 address needs brackets, as in tcp://[::1]:9060");
  }
  return {*carrier, std::string{host}, parse_port(url, rest.substr(1))};
}

std::string to_string(const Endpoint& endpoint) {
  const bool v6 = endpoint.host.find(':') != std::string::npos;
  std::string url{to_string(endpoint.carrier)};
  url += "://";
  url += v6 ? "[" + endpoint.host + "]" : endpoint.host;
  return url + ":" + std::to_string(endpoint.port);
}

std::string_view to_string(Carrier carrier) noexcept {
  switch (carrier) {
    case Carrier::udp: return "udp";
    case Carrier::tcp: return "tcp";
    case Carrier::tls: return "tls";
  }
  return "?";
}

}  // namespace heptap
