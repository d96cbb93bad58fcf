#include "agent/report/daemon_figures.hpp"

namespace heptap {

namespace {

std::optional<std::uint64_t> spool_bytes(const CollectorSnapshot& collector) {
  if (!collector.spool) return std::nullopt;
  return collector.spool->bytes;
}

std::string place_of(const Endpoint& endpoint) {
  const std::string url = to_string(endpoint);
  return url.substr(url.find("://") + 3);
}

}  // namespace

CollectorFigures collector_figures(const CollectorSnapshot& collector) {
  return {.name = collector.name,
          .connected = collector.state == CollectorState::up,
          .healthy = collector.healthy,
          .address = place_of(collector.peer),
          .connects = collector.connects,
          .disconnects = collector.disconnects,
          .sent_bytes = collector.frames.bytes,
          .held_bytes = collector.kept_bytes,
          .lag = collector.lag,
          .spool_bytes = spool_bytes(collector)};
}

}  // namespace heptap
