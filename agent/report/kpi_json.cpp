#include "agent/report/kpi_json.hpp"

#include <limits>

#include "proto/hep/json_text.hpp"

namespace heptap {
namespace {

using hep::JsonText;

// All methods, events and times together are two thirds of it, with numbers as long as they can be.
constexpr std::size_t most_bytes_of_one = 32 * 1024;

constexpr int places = 3;

void add(JsonText& out, std::string_view key, std::optional<double> value) {
  out.decimal(key, value.value_or(std::numeric_limits<double>::quiet_NaN()), places);
}

void add(JsonText& out, const SessionCounts& counts) {
  for (const KpiCount& count : kpi_counts) out.number(count.name, count.value(counts));
  for (const KpiRatio& ratio : kpi_ratios) add(out, ratio.name, (counts.*ratio.value)());
}

void add(JsonText& out, const RegisterCounts& counts) {
  for (const KpiRegisterCount& count : kpi_register_counts) {
    out.number(count.name, counts.*count.value);
  }
  add(out, "ira", counts.ira());
}

template <class Series>
void add_series(JsonText& out, std::string_view key, const Series& series) {
  out.begin_object(key);
  out.number("count", series.count());
  add(out, "min_ms", series.min_ms());
  add(out, "mean_ms", series.mean_ms());
  add(out, "max_ms", series.max_ms());
  out.end_object();
}

void add_modes(JsonText& out, std::string_view key, const Kpi& kpi, auto KpiMode::*counts) {
  out.begin_object(key);
  for (const KpiMode& mode : kpi_modes) {
    out.begin_object(mode.name);
    add(out, kpi.*(mode.*counts));
    out.end_object();
  }
  out.end_object();
}

void add_times(JsonText& out, const Kpi& kpi) {
  out.begin_object("times");
  for (const KpiTime& time : kpi_times) {
    std::visit([&](auto series) { add_series(out, time.name, kpi.*series); }, time.series);
  }
  out.end_object();
}

void add_methods(JsonText& out, const Kpi& kpi) {
  out.begin_object("methods");
  for (std::size_t i = 0; i < kpi.methods.size(); ++i) {
    const MethodKpi& method = kpi.methods[i];
    if (method.requests == 0) continue;
    out.begin_object(sip_method_names[i]);
    out.number("requests", method.requests);
    out.number("retransmissions", method.retransmissions);
    out.number("timeouts", method.timeouts);
    add_series(out, "rtt_first", method.rtt_first);
    add_series(out, "rtt_final", method.rtt_final);
    out.end_object();
  }
  out.end_object();
}

void add_events(JsonText& out, const Kpi& kpi) {
  out.begin_object("events");
  for (std::size_t i = 0; i < kpi.events.size(); ++i) {
    if (kpi.events[i] != 0) out.number(call_event_names[i], kpi.events[i]);
  }
  out.end_object();
}

void add(JsonText& out, const Kpi& kpi) {
  add_modes(out, "sessions", kpi, &KpiMode::sessions);
  add_modes(out, "registers", kpi, &KpiMode::registers);
  add_times(out, kpi);
  add_methods(out, kpi);
  add_events(out, kpi);
}

void add_carriers(JsonText& out, const KpiFigures& figures) {
  out.begin_array("carriers");
  for (std::size_t i = 0; i < figures.kpis.size(); ++i) {
    out.begin_object();
    out.text("carrier", figures.carriers[i]);
    add(out, figures.kpis[i]);
    out.end_object();
  }
  out.end_array();
}

}  // namespace

std::string kpi_json(const KpiFigures& figures) {
  std::vector<std::uint8_t> room((figures.kpis.size() + 1) * most_bytes_of_one);
  JsonText out(room);
  out.begin_object();
  out.begin_object("total");
  add(out, figures.total());
  out.end_object();
  if (figures.kpis.size() > 1) add_carriers(out, figures);
  out.end_object();
  return {room.begin(), room.begin() + static_cast<std::ptrdiff_t>(out.size())};
}

}  // namespace heptap
