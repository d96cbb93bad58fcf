#include "config/url.hpp"

#include <algorithm>
#include <array>

#include "config/host_port.hpp"

namespace heptap {
namespace {

constexpr std::array<std::string_view, 3> carriers{"udp", "tcp", "tls"};

}  // namespace

std::string_view to_string(CollectorCarrier carrier) noexcept {
  return carriers[static_cast<std::size_t>(carrier)];
}

std::string parse_collector_url(std::string_view in, CollectorUrl& url, std::uint16_t least_port) {
  const auto mark = in.find("://");
  if (mark == std::string_view::npos) return "does not start with udp://, tcp:// or tls://";
  const auto carrier = std::find(carriers.begin(), carriers.end(), in.substr(0, mark));
  if (carrier == carriers.end()) return "does not start with udp://, tcp:// or tls://";

  HostPort where;
  std::string problem = parse_host_port(in.substr(mark + 3), where, least_port);
  if (!problem.empty()) return problem;
  url = {static_cast<CollectorCarrier>(carrier - carriers.begin()), where.host, where.port};
  return "";
}

std::string to_string(const CollectorUrl& url) {
  return std::string{to_string(url.carrier)} + "://" + to_string(HostPort{url.host, url.port});
}

}  // namespace heptap
