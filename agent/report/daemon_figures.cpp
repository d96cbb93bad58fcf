#include "agent/report/daemon_figures.hpp"

namespace heptap {

namespace {

std::optional<std::uint64_t> spool_bytes(const CollectorSnapshot& collector) {
  if (!collector.spool) return std::nullopt;
  return collector.spool->bytes;
}

/// gives     `192.0.2.1:9060`, with commas between several
std::string places_of(const std::vector<Endpoint>& endpoints) {
  std::string out;
  for (const Endpoint& one : endpoints) {
    const std::string url = to_string(one);
    if (!out.empty()) out += ',';
    out += url.substr(url.find("://") + 3);
  }
  return out;
}

}  // namespace

CollectorFigures collector_figures(const CollectorSnapshot& collector) {
  return {.name = collector.name,
          .connected = collector.state == CollectorState::up,
          .healthy = collector.healthy,
          .address = places_of(collector.peers),
          .connects = collector.connects,
          .disconnects = collector.disconnects,
          .sent_bytes = collector.frames.bytes,
          .held_bytes = collector.kept_bytes,
          .lag = collector.lag,
          .spool_bytes = spool_bytes(collector)};
}

}  // namespace heptap
