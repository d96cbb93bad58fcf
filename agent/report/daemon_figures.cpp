#include "agent/report/daemon_figures.hpp"

namespace heptap {

CollectorFigures collector_figures(const CollectorSnapshot& collector) {
  return {.name = collector.name,
          .connected = collector.state == CollectorState::up,
          .connects = collector.connects,
          .disconnects = collector.disconnects,
          .sent_bytes = collector.frames.bytes,
          .held_bytes = collector.kept_bytes,
          .lag = collector.lag};
}

}  // namespace heptap
