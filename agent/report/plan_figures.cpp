#include "agent/report/plan_figures.hpp"

#include <algorithm>
#include <iomanip>
#include <ostream>
#include <string_view>

#include "agent/report/ledger.hpp"
#include "agent/report/text.hpp"

namespace heptap {
namespace {

// gives     the row of this name, made if need be
template <class Row>
Row& row_of(std::vector<Row>& rows, const std::string& name) {
  const auto same =
      std::find_if(rows.begin(), rows.end(), [&](const Row& one) { return one.name == name; });
  return same != rows.end() ? *same : rows.emplace_back(Row{name, {}});
}

void print_rule(std::ostream& out, const RuleFigures& rule) {
  const RuleCounts& counts = rule.counts;
  out << "  " << std::left << std::setw(12) << rule.name << ' ' << grouped(counts.matched)
      << " matched, " << grouped(counts.sent) << " sent, " << grouped(counts.dropped) << " dropped";
  std::vector<LedgerLine> lines;
  add_line(lines, "masked", counts.masked);
  add_line(lines, "sampled", counts.sampled);
  add_line(lines, "limited", counts.limited);
  add_line(lines, "script_errors", counts.errors);
  print_notes(out, lines);
}

}  // namespace

PlanFigures plan_figures(const PlanRunner* runner) {
  PlanFigures figures;
  if (runner == nullptr) return figures;
  const PlanCounts& counts = runner->counts();
  const auto& rules = runner->plan().rules().rules;
  const auto& counters = runner->plan().counters();
  for (std::size_t i = 0; i < rules.size(); ++i) {
    figures.rules.push_back({rules[i].name, counts.rules[i]});
  }
  for (std::size_t i = 0; i < counters.size(); ++i) {
    figures.counters.push_back({counters[i], counts.counters[i]});
  }
  return figures;
}

void add(PlanFigures& all, const PlanFigures& of_thread) {
  for (const RuleFigures& one : of_thread.rules) row_of(all.rules, one.name).counts += one.counts;
  for (const PlanCounter& one : of_thread.counters) {
    row_of(all.counters, one.name).count += one.count;
  }
}

void print(std::ostream& out, const PlanFigures& figures) {
  if (figures.rules.empty()) return;
  out << "plan\n";
  for (const RuleFigures& rule : figures.rules) print_rule(out, rule);
  for (const PlanCounter& one : figures.counters) {
    out << "  counter " << one.name << ": " << grouped(one.count) << '\n';
  }
}

}  // namespace heptap
