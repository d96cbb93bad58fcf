#include "agent/report/kpi_report.hpp"

#include <algorithm>
#include <cctype>
#include <iomanip>
#include <ostream>
#include <sstream>

#include "agent/report/text.hpp"

namespace heptap {
namespace {

constexpr int count_width = 11;
constexpr int value_width = 9;

/// Whose KPIs a line is about.
struct Row {
  std::string name;
  Kpi kpi;
};

std::vector<Row> rows_of(const KpiFigures& figures) {
  std::vector<Row> rows{{"all", figures.total()}};
  for (std::size_t i = 0; i < figures.kpis.size() && figures.kpis.size() > 1; ++i) {
    rows.push_back({figures.carriers[i], figures.kpis[i]});
  }
  return rows;
}

std::string capitals(std::string_view text) {
  std::string out{text};
  std::transform(out.begin(), out.end(), out.begin(), [](char c) {
    return c == '_' ? ' ' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  });
  return out;
}

std::string number(std::optional<double> value, int digits) {
  if (!value) return "-";
  std::ostringstream out;
  out << std::fixed << std::setprecision(digits) << *value;
  return out.str();
}

/// A text table: a first column as wide as it must be, numbers behind it.
class Table {
 public:
  Table(std::ostream& out, const std::vector<Row>& rows) : out_(out) {
    for (const Row& row : rows) width_ = std::max(width_, row.name.size());
    width_ += std::string_view(", srd cancelled").size() + 1;
  }

  void begin_section(const std::string& name) {
    out_ << '\n';
    begin_line(name);
  }
  void begin_line(const std::string& name) {
    out_ << std::left << std::setw(static_cast<int>(width_)) << name << std::right;
  }
  void add(const std::string& text, int width) { out_ << std::setw(width) << text; }
  void end_line() { out_ << '\n'; }

 private:
  std::ostream& out_;
  std::size_t width_ = 0;
};

// Those that a reader of a terminal looks for; the others are in JSON and metrics.
bool is_printed(const KpiRatio& ratio) { return ratio.name != "isa_with_timeout"; }

void print_sessions(Table& table, const std::vector<Row>& rows) {
  table.begin_section("SESSIONS, %");
  table.add("REQUESTS", count_width);
  table.add("ANSWERED", count_width);
  for (const KpiRatio& ratio : kpi_ratios) {
    if (is_printed(ratio)) table.add(capitals(ratio.name), value_width);
  }
  table.end_line();
  for (const Row& row : rows) {
    for (const KpiMode& mode : kpi_modes) {
      const SessionCounts& counts = row.kpi.*mode.sessions;
      table.begin_line(row.name + ", " + std::string(mode.name));
      table.add(grouped(counts.requests), count_width);
      table.add(grouped(counts.answered()), count_width);
      for (const KpiRatio& ratio : kpi_ratios) {
        if (is_printed(ratio)) table.add(number((counts.*ratio.value)(), 3), value_width);
      }
      table.end_line();
    }
  }
}

void print_registers(Table& table, const std::vector<Row>& rows) {
  if (rows[0].kpi.strict_registers.requests == 0) return;
  table.begin_section("REGISTRATIONS, %");
  table.add("REQUESTS", count_width);
  table.add("SUCCEEDED", count_width);
  table.add("IRA", value_width);
  table.end_line();
  for (const Row& row : rows) {
    for (const KpiMode& mode : kpi_modes) {
      const RegisterCounts& counts = row.kpi.*mode.registers;
      table.begin_line(row.name + ", " + std::string(mode.name));
      table.add(grouped(counts.requests), count_width);
      table.add(grouped(counts.succeeded), count_width);
      table.add(number(counts.ira(), 3), value_width);
      table.end_line();
    }
  }
}

template <class Series>
void print_time(Table& table, const std::string& name, const Series& series) {
  if (series.count() == 0) return;
  table.begin_line(name);
  table.add(grouped(series.count()), count_width);
  for (const auto time_ms : {series.min_ms(), series.mean_ms(), series.max_ms()}) {
    table.add(number(*time_ms / 1000, 3), count_width);
  }
  table.end_line();
}

void print_times(Table& table, const std::vector<Row>& rows) {
  table.begin_section("TIMES, s");
  table.add("COUNT", count_width);
  for (const char* const name : {"MIN", "MEAN", "MAX"}) table.add(name, count_width);
  table.end_line();
  for (const Row& row : rows) {
    for (const KpiTime& time : kpi_times) {
      std::visit(
          [&](auto series) {
            print_time(table, row.name + ", " + capitals(time.name), row.kpi.*series);
          },
          time.series);
    }
  }
}

}  // namespace

void print_kpis(std::ostream& out, const KpiFigures& figures) {
  const std::vector<Row> rows = rows_of(figures);
  const Kpi& all = rows[0].kpi;
  if (all.strict.requests + all.strict_registers.requests == 0) return;
  Table table(out, rows);
  print_sessions(table, rows);
  print_registers(table, rows);
  print_times(table, rows);
}

std::string kpi_line(const KpiFigures& figures) {
  const Kpi all = figures.total();
  std::string out = grouped(all.collapsed.requests) + " attempts, " +
                    grouped(all.collapsed.answered()) + " answered";
  for (const KpiRatio& ratio : kpi_ratios) {
    if (!is_printed(ratio)) continue;
    out += ", " + capitals(ratio.name) + " " + number((all.collapsed.*ratio.value)(), 1) + " %";
  }
  const auto pdd_ms = all.pdd.mean_ms();
  const auto acd_ms = all.acd.mean_ms();
  out += ", PDD " + (pdd_ms ? number(*pdd_ms / 1000, 3) : "-") + " s";
  out += ", ACD " + (acd_ms ? number(*acd_ms / 1000, 1) : "-") + " s";
  out += ", " + grouped(all.collapsed_registers.requests) + " registrations, IRA " +
         number(all.collapsed_registers.ira(), 1) + " %";
  return out;
}

}  // namespace heptap
