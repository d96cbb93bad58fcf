#include "agent/filter_settings.hpp"

#include <arpa/inet.h>

#include <array>

#include "proto/net/packet.hpp"

namespace heptap {
namespace {

// A zone says on which link an address is, and is no part of it.
std::optional<IpAddress> parse_address(const std::string& host) {
  std::array<std::uint8_t, 16> octets{};
  if (inet_pton(AF_INET, host.c_str(), octets.data()) == 1) {
    return IpAddress::from(Bytes(octets).first(4));
  }
  const std::string without_zone = host.substr(0, host.find('%'));
  if (inet_pton(AF_INET6, without_zone.c_str(), octets.data()) != 1) return std::nullopt;
  return IpAddress::from(octets);
}

}  // namespace

std::optional<FilterExclusion> own_connection(const CollectorUrl& url) {
  const std::optional<IpAddress> address = parse_address(url.host);
  if (!address) return std::nullopt;
  FilterExclusion own;
  own.protocol = url.carrier == CollectorCarrier::udp ? ip_protocol_udp : ip_protocol_tcp;
  own.remote = *address;
  own.remote_port = url.port;
  return own;
}

KernelFilterOptions filter_options(const Settings& settings, const PipelineOptions& decoder) {
  KernelFilterOptions options;
  options.sip_ports = decoder.sip_ports;
  options.any_port = decoder.any_port;
  for (const CollectorSettings& collector : settings.collectors) {
    if (const auto own = own_connection(collector.url)) options.exclusions.push_back(*own);
  }
  return options;
}

}  // namespace heptap
