#include "config/host_port.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace heptap {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_label_char(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
}

bool is_address(int family, const std::string& text) {
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  return inet_pton(family, text.c_str(), bytes.data()) == 1;
}

bool is_label(std::string_view label) {
  return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
         std::all_of(label.begin(), label.end(), is_label_char);
}

bool is_name(std::string_view host) {
  if (host.size() > 253) return false;
  if (!host.empty() && host.back() == '.') host.remove_suffix(1);
  while (true) {
    const auto dot = host.find('.');
    if (!is_label(host.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    host.remove_prefix(dot + 1);
  }
}

// The name of a network interface, "eth0.100" for a VLAN; Linux allows 15 bytes.
bool is_zone(std::string_view zone) {
  return !zone.empty() && zone.size() <= 15 &&
         std::all_of(zone.begin(), zone.end(), [](char c) { return is_label_char(c) || c == '.'; });
}

// A name made of digits and dots only was meant to be an address.
bool is_numeric(std::string_view host) {
  return std::all_of(host.begin(), host.end(), [](char c) { return is_digit(c) || c == '.'; });
}

std::string host_problem(const std::string& host) {
  if (host.empty()) return "has no host";
  if (host.find(':') != std::string::npos) return "needs brackets around an IPv6 address";
  if (is_numeric(host)) return is_address(AF_INET, host) ? "" : "has a bad IPv4 address";
  return is_name(host) ? "" : "has a bad host name";
}

std::string bracketed_problem(const std::string& host) {
  const auto percent = host.find('%');
  if (!is_address(AF_INET6, host.substr(0, percent))) return "has a bad IPv6 address";
  if (percent == std::string::npos) return "";
  return is_zone(std::string_view{host}.substr(percent + 1)) ? "" : "has a bad IPv6 zone";
}

std::optional<std::uint16_t> parse_port(std::string_view text, std::uint16_t least) {
  std::uint16_t port = 0;
  const auto* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, port);
  if (error != std::errc{} || stop != end || port < least) return std::nullopt;
  return port;
}

}  // namespace

std::string parse_host_port(std::string_view in, HostPort& where, std::uint16_t least_port) {
  const bool bracketed = in.starts_with('[');
  const auto host_end = bracketed ? in.find(']') : in.rfind(':');
  if (bracketed && host_end == std::string_view::npos) return "has no ']'";
  const std::string host{bracketed ? in.substr(1, host_end - 1) : in.substr(0, host_end)};
  std::string problem = bracketed ? bracketed_problem(host) : host_problem(host);
  if (!problem.empty()) return problem;

  std::string_view rest = host_end == std::string_view::npos
                              ? std::string_view{}
                              : in.substr(host_end + (bracketed ? 1 : 0));
  if (!rest.starts_with(':') || rest.size() == 1) return "has no port";
  rest.remove_prefix(1);
  const auto port = parse_port(rest, least_port);
  if (!port) return "has a bad port";
  where = {host, *port};
  return "";
}

bool is_address(const HostPort& where) {
  return where.host.find(':') != std::string::npos || is_numeric(where.host);
}

std::string to_string(const HostPort& where) {
  const bool v6 = where.host.find(':') != std::string::npos;
  return (v6 ? "[" + where.host + "]" : where.host) + ":" + std::to_string(where.port);
}

}  // namespace heptap
