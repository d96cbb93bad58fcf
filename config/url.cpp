#include "config/url.hpp"

#include <algorithm>
#include <array>

#include "config/host_port.hpp"

namespace heptap {
namespace {

constexpr std::array<std::string_view, 4> carriers{"udp", "tcp", "tls", "kafka"};
constexpr std::size_t max_topic_size = 249;

bool is_topic_char(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
         c == '_' || c == '-';
}

bool is_topic(std::string_view name) {
  return name.size() <= max_topic_size && std::all_of(name.begin(), name.end(), is_topic_char) &&
         name != "." && name != "..";
}

// "b1:9092,b2:9092/topic"
std::string parse_topic(std::string_view in, CollectorUrl& url) {
  const auto slash = in.find('/');
  if (slash == std::string_view::npos || slash + 1 == in.size()) return "has no topic";
  if (!is_topic(in.substr(slash + 1))) return "has a bad topic";
  std::vector<HostPort> brokers;
  std::string_view rest = in.substr(0, slash);
  for (bool is_last = false; !is_last;) {
    const auto comma = rest.find(',');
    is_last = comma == std::string_view::npos;
    std::string problem = parse_host_port(rest.substr(0, comma), brokers.emplace_back());
    if (!problem.empty()) return problem;
    if (!is_last) rest.remove_prefix(comma + 1);
  }
  url = {CollectorCarrier::kafka, brokers.front().host, brokers.front().port, brokers,
         std::string{in.substr(slash + 1)}};
  return "";
}

}  // namespace

std::string_view to_string(CollectorCarrier carrier) noexcept {
  return carriers[static_cast<std::size_t>(carrier)];
}

std::string parse_collector_url(std::string_view in, CollectorUrl& url, std::uint16_t least_port) {
  const bool is_listener = least_port == 0;
  const auto* const no_carrier = is_listener
                                     ? "does not start with udp://, tcp:// or tls://"
                                     : "does not start with udp://, tcp://, tls:// or kafka://";
  const auto mark = in.find("://");
  if (mark == std::string_view::npos) return no_carrier;
  const auto* const end = carriers.end() - (is_listener ? 1 : 0);
  const auto* const carrier = std::find(carriers.begin(), end, in.substr(0, mark));
  if (carrier == end) return no_carrier;
  if (*carrier == "kafka") return parse_topic(in.substr(mark + 3), url);

  HostPort where;
  std::string problem = parse_host_port(in.substr(mark + 3), where, least_port);
  if (!problem.empty()) return problem;
  url = {static_cast<CollectorCarrier>(carrier - carriers.begin()), where.host, where.port};
  return "";
}

std::string to_string(const CollectorUrl& url) {
  const std::string start = std::string{to_string(url.carrier)} + "://";
  if (url.carrier != CollectorCarrier::kafka) {
    return start + to_string(HostPort{url.host, url.port});
  }
  std::string all;
  for (const HostPort& one : url.brokers) all.append(all.empty() ? "" : ",").append(to_string(one));
  return start + all + "/" + url.topic;
}

}  // namespace heptap
