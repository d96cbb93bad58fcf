#include "agent/filter_settings.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <utility>

#include "agent/capture/exchange_filter.hpp"
#include "agent/capture/hidden_traffic.hpp"
#include "agent/capture/user_filter.hpp"
#include "agent/collector_settings.hpp"
#include "proto/net/link.hpp"
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

ValueProblem unusable(const UserFilter& filter) {
  if (!filter.is_name_unknown()) {
    return {"libpcap: " + filter.error, "pcap-filter(7) says what may be written"};
  }
  return {"libpcap: " + filter.error,
          "it is looked up until the interface is captured, and then never again",
          Severity::warning};
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text.append(text.empty() ? "" : ", ").append(name);
  return text;
}

}  // namespace

std::optional<FilterExclusion> own_connection(const Endpoint& collector) {
  const std::optional<IpAddress> address = parse_address(collector.host);
  if (!address) return std::nullopt;
  FilterExclusion own;
  own.protocol = collector.carrier == Carrier::udp ? ip_protocol_udp : ip_protocol_tcp;
  own.remote = *address;
  own.remote_port = collector.port;
  return own;
}

bool update_exclusions(KernelFilterOptions& filter, std::span<const CollectorOptions> configured,
                       std::span<const CollectorSnapshot> collectors) {
  std::vector<FilterExclusion> now;
  const auto exclude = [&](const Endpoint& endpoint) {
    const auto own = own_connection(endpoint);
    if (own && std::find(now.begin(), now.end(), *own) == now.end()) now.push_back(*own);
  };
  for (const CollectorOptions& one : configured) exclude(one.endpoint);
  for (const CollectorSnapshot& collector : collectors) {
    const bool is_over =
        collector.state == CollectorState::closed || collector.state == CollectorState::given_up;
    if (is_over) continue;
    std::for_each(collector.peers.begin(), collector.peers.end(), exclude);
    if (!collector.spool) continue;
    std::for_each(collector.spool->peers.begin(), collector.spool->peers.end(), exclude);
  }
  if (now == filter.exclusions) return false;
  filter.exclusions = std::move(now);
  return true;
}

KernelFilterOptions filter_options(const Settings& settings, const PipelineOptions& decoder) {
  KernelFilterOptions options;
  options.sip_ports = decoder.sip_ports;
  options.any_port = decoder.any_port;
  options.rtp = decoder.rtp.has_value();
  for (const CollectorSettings& collector : settings.collectors) {
    if (is_file(collector.url.carrier)) continue;
    if (const auto own = own_connection(endpoint_of(collector.url)))
      options.exclusions.push_back(*own);
    for (std::size_t i = 1; i < collector.url.brokers.size(); ++i) {
      const auto& [host, port] = collector.url.brokers[i];
      if (const auto own = own_connection({Carrier::tcp, host, port}))
        options.exclusions.push_back(*own);
    }
  }
  return options;
}

std::uint32_t expected_link_type(const InterfaceSettings& interface) {
  return interface.name == "any" ? link_type::linux_sll : link_type::ethernet;
}

std::vector<ValueProblem> filter_problems(const InterfaceSettings& interface) {
  const std::uint32_t link = expected_link_type(interface);
  UserFilter filter = compile_filter(link, interface.filter);
  if (!filter.error.empty()) return {unusable(filter)};
  if (!kernel_form(link, filter.program)) {
    return {{"asks for what the kernel does not have", "of link[] on any: [0:2] and [14:2]"}};
  }
  const bpf_program program{static_cast<unsigned>(filter.program.size()), filter.program.data()};
  const std::vector<std::string> hidden = what_it_hides(link, program);
  if (hidden.empty()) return {};
  return {{"hides what heptap's own filter would not: " + joined(hidden), "", Severity::warning}};
}

}  // namespace heptap
