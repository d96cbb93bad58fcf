#include "agent/report/kpi_families.hpp"

#include <string>

namespace heptap {
namespace {

constexpr double micros_per_second = 1e6;

std::string named(std::string_view prefix, std::string_view name, std::string_view suffix = {}) {
  return std::string(prefix).append(name).append(suffix);
}

std::string sentence(std::string_view text, std::string_view more = {}) {
  return std::string(text).append(more).append(".");
}

/// Calls `add(labels, kpi, mode)` for each carrier and mode.
template <class Add>
void for_each_mode(const KpiFigures& figures, Add add) {
  for (std::size_t i = 0; i < figures.kpis.size(); ++i) {
    for (const KpiMode& mode : kpi_modes) {
      const MetricFamilies::Labels labels{{"carrier", figures.carriers[i]}, {"mode", mode.name}};
      add(labels, figures.kpis[i], mode);
    }
  }
}

void add_ratio(MetricFamilies& page, MetricFamilies::Labels labels, std::optional<double> percent) {
  if (percent) page.add(labels, *percent / 100);
}

void add_sessions(MetricFamilies& page, const KpiFigures& figures) {
  for (const KpiCount& count : kpi_counts) {
    page.begin_counter(named("sip_session_", count.name), sentence(count.help));
    for_each_mode(figures, [&](auto labels, const Kpi& kpi, const KpiMode& mode) {
      page.add(labels, count.value(kpi.*mode.sessions));
    });
  }
  for (const KpiRatio& ratio : kpi_ratios) {
    page.begin_gauge(named("sip_", ratio.name, "_ratio"),
                     sentence(ratio.help, ", since the start"));
    for_each_mode(figures, [&](auto labels, const Kpi& kpi, const KpiMode& mode) {
      add_ratio(page, labels, ((kpi.*mode.sessions).*ratio.value)());
    });
  }
}

void add_registers(MetricFamilies& page, const KpiFigures& figures) {
  for (const KpiRegisterCount& count : kpi_register_counts) {
    page.begin_counter(named("sip_register_", count.name), sentence(count.help));
    for_each_mode(figures, [&](auto labels, const Kpi& kpi, const KpiMode& mode) {
      page.add(labels, kpi.*mode.registers.*count.value);
    });
  }
  page.begin_gauge("sip_ira_ratio",
                   "Ineffective registration attempts (RFC 6076 section 4.2), since the start.");
  for_each_mode(figures, [&](auto labels, const Kpi& kpi, const KpiMode& mode) {
    add_ratio(page, labels, (kpi.*mode.registers).ira());
  });
}

template <const auto& Bounds>
MetricFamilies::Histogram histogram_of(const TimeSeries<Bounds>& series) {
  MetricFamilies::Histogram histogram;
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < Bounds.size(); ++i) {
    sum += series.counts()[i];
    histogram.bucket.push_back({sum, static_cast<double>(Bounds[i]) / micros_per_second});
  }
  histogram.sample_count = series.count();
  histogram.sample_sum = static_cast<double>(series.sum_us()) / micros_per_second;
  return histogram;
}

void add_times(MetricFamilies& page, const KpiFigures& figures) {
  for (const KpiTime& time : kpi_times) {
    page.begin_histogram(named("sip_", time.name, "_seconds"), sentence(time.help));
    for (std::size_t i = 0; i < figures.kpis.size(); ++i) {
      std::visit(
          [&](auto series) {
            page.add({{"carrier", figures.carriers[i]}}, histogram_of(figures.kpis[i].*series));
          },
          time.series);
    }
  }
}

void add_methods(MetricFamilies& page, const KpiFigures& figures) {
  const auto add = [&](std::string_view name, std::string_view help, auto member) {
    page.begin_counter(name, help);
    for (std::size_t i = 0; i < figures.kpis.size(); ++i) {
      for (std::size_t method = 0; method < sip_method_names.size(); ++method) {
        const MethodKpi& kpi = figures.kpis[i].methods[method];
        if (kpi.requests == 0) continue;
        page.add({{"carrier", figures.carriers[i]}, {"method", sip_method_names[method]}},
                 kpi.*member);
      }
    }
  };
  add("sip_requests", "Requests of a method, each once.", &MethodKpi::requests);
  add("sip_retransmissions", "Requests that came again.", &MethodKpi::retransmissions);
  add("sip_timeouts", "Requests that had no final response.", &MethodKpi::timeouts);
}

void add_events(MetricFamilies& page, const KpiFigures& figures) {
  page.begin_counter("sip_call_events", "What went wrong in the signalling of calls.");
  for (std::size_t i = 0; i < figures.kpis.size(); ++i) {
    for (std::size_t event = 0; event < call_event_kind_count; ++event) {
      const std::uint64_t count = figures.kpis[i].events[event];
      if (count == 0) continue;
      page.add({{"carrier", figures.carriers[i]}, {"event", call_event_names[event]}}, count);
    }
  }
}

void add_calls(MetricFamilies& page, const TrackedCounts& calls) {
  const auto add = [&](std::string_view name, std::string_view help, std::uint64_t value) {
    page.begin_counter(name, help);
    page.add({}, value);
  };
  add("sip_calls_tracked", "Calls whose transactions and dialogs were followed.", calls.opened);
  add("sip_calls_over", "Calls that left because all was said, 32 s ago.", calls.over);
  add("sip_calls_expired", "Calls that left because nothing came for calls.max_age.",
      calls.expired);
  add("sip_calls_evicted", "Calls that made room for others, see kpi.max_calls.", calls.evicted);
}

}  // namespace

void add_kpis(MetricFamilies& page, const KpiFigures& figures) {
  add_sessions(page, figures);
  add_registers(page, figures);
  add_times(page, figures);
  add_methods(page, figures);
  add_events(page, figures);
  add_calls(page, figures.calls);
}

}  // namespace heptap
