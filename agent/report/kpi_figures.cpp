#include "agent/report/kpi_figures.hpp"

namespace heptap {

Kpi KpiFigures::total() const noexcept {
  Kpi sum;
  for (const Kpi& kpi : kpis) sum += kpi;
  return sum;
}

KpiFigures kpi_figures(const TrackedCalls& calls) {
  return {.carriers = calls.carriers(),
          .kpis = calls.kpis(),
          .calls = calls.counts(),
          .use = calls.use()};
}

}  // namespace heptap
