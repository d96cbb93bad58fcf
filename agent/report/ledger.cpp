#include "agent/report/ledger.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <iomanip>
#include <ostream>

#include "agent/report/text.hpp"

namespace heptap {
namespace {

namespace json = boost::json;

json::object counts_of(const std::vector<LedgerLine>& lines) {
  json::object out;
  for (const auto& line : lines) out[line.reason] = line.count;
  return out;
}

// A collector's words for `left` and `dropped` are `sent` and `lost`.
json::array stages_of(const std::vector<LedgerStage>& stages, const char* left,
                      const char* dropped) {
  json::array out;
  for (const auto& stage : stages) {
    json::object row{
        {"name", stage.name}, {"entered", stage.entered}, {left, stage.left}, {"held", stage.held}};
    row[dropped] = counts_of(stage.dropped);
    if (stage.joined != 0) row["joined"] = stage.joined;
    if (stage.passed_before != 0) row["passed_before"] = stage.passed_before;
    if (stage.passed_after != 0) row["passed_after"] = stage.passed_after;
    if (stage.elsewhere != 0) row["elsewhere"] = stage.elsewhere;
    if (!stage.absorbed.empty()) row["absorbed"] = counts_of(stage.absorbed);
    for (const auto& line : stage.noted) row[line.reason] = line.count;
    out.push_back(std::move(row));
  }
  return out;
}

std::vector<LedgerLine> notes_of(const LedgerStage& stage) {
  std::vector<LedgerLine> notes = stage.noted;
  add_line(notes, "before it was there", stage.passed_before);
  add_line(notes, "since it left", stage.passed_after);
  add_line(notes, "for others", stage.elsewhere);
  return notes;
}

void print_stage(std::ostream& out, const LedgerStage& stage, std::string_view left,
                 std::string_view lost) {
  out << "  " << std::left << std::setw(12) << stage.name << ' ' << grouped(stage.entered);
  if (stage.joined != 0) out << " (" << grouped(stage.joined) << " of " << stage.joined_from << ')';
  out << " = " << grouped(stage.left) << ' ' << left;
  for (const auto& line : stage.absorbed) out << " + " << grouped(line.count) << ' ' << line.reason;
  for (const auto& line : stage.dropped) {
    out << " + " << grouped(line.count) << ' ' << lost << line.reason;
  }
  if (stage.held != 0) out << " + " << grouped(stage.held) << " held";
  print_notes(out, notes_of(stage));
}

std::uint64_t sum_of(const std::vector<LedgerLine>& lines) noexcept {
  std::uint64_t sum = 0;
  for (const auto& line : lines) sum += line.count;
  return sum;
}

void add(std::vector<LedgerLine>& sum, const std::vector<LedgerLine>& part) {
  for (const LedgerLine& line : part) {
    const auto same = std::find_if(
        sum.begin(), sum.end(), [&](const LedgerLine& one) { return one.reason == line.reason; });
    if (same == sum.end()) {
      sum.push_back(line);
    } else {
      same->count += line.count;
    }
  }
}

void add(std::vector<LedgerStage>& sum, const std::vector<LedgerStage>& part) {
  for (const LedgerStage& stage : part) {
    const auto same = std::find_if(sum.begin(), sum.end(),
                                   [&](const LedgerStage& one) { return one.name == stage.name; });
    if (same == sum.end()) {
      sum.push_back(stage);
      continue;
    }
    same->entered += stage.entered;
    same->left += stage.left;
    same->held += stage.held;
    same->joined += stage.joined;
    if (stage.joined != 0) same->joined_from = stage.joined_from;
    add(same->absorbed, stage.absorbed);
    add(same->dropped, stage.dropped);
    add(same->noted, stage.noted);
  }
}

constexpr std::string_view from_sources = "sources";

std::uint64_t left_of(const std::vector<LedgerStage>& sources) noexcept {
  std::uint64_t sum = 0;
  for (const LedgerStage& stage : sources) sum += stage.left;
  return sum;
}

std::uint64_t joined_of(const std::vector<LedgerStage>& way) noexcept {
  std::uint64_t sum = 0;
  for (const LedgerStage& stage : way) {
    if (stage.joined_from == from_sources) sum += stage.joined;
  }
  return sum;
}

std::string fault_of(const LedgerStage& stage) {
  if (stage.difference() == 0) return {};
  return stage.name + " differs by " + std::to_string(stage.difference());
}

LedgerStage with_full_name(LedgerStage spool) {
  spool.name += " spool";
  return spool;
}

std::string fault_of_spools(const Ledger& ledger) {
  for (const LedgerStage& spool : ledger.spools) {
    if (auto fault = fault_of(with_full_name(spool)); !fault.empty()) return fault;
    const auto collector =
        std::find_if(ledger.collectors.begin(), ledger.collectors.end(),
                     [&](const LedgerStage& one) { return one.name == spool.name; });
    const auto given = collector == ledger.collectors.end() ? 0 : collector->absorbed_count();
    if (spool.entered - spool.joined != given) {
      return spool.name + " spool does not take what the collector gave";
    }
  }
  return {};
}

}  // namespace

std::uint64_t LedgerStage::absorbed_count() const noexcept { return sum_of(absorbed); }
std::uint64_t LedgerStage::dropped_count() const noexcept { return sum_of(dropped); }

std::int64_t LedgerStage::difference() const noexcept {
  return static_cast<std::int64_t>(entered - left - absorbed_count() - dropped_count() - held);
}

std::string Ledger::fault() const {
  // What begins with all that joins it has nothing in front of it.
  const bool begins_joined = !way.empty() && way.front().joined != 0;
  std::uint64_t left = way.empty() || begins_joined ? 0 : way.front().entered;
  for (const auto& stage : way) {
    if (stage.entered != left + stage.joined) {
      return stage.name + " does not take what the stage before it gave";
    }
    if (auto fault = fault_of(stage); !fault.empty()) return fault;
    left = stage.left;
  }
  for (const auto& stage : streams) {
    if (auto fault = fault_of(stage); !fault.empty()) return fault;
  }
  for (const auto& stage : sources) {
    if (auto fault = fault_of(stage); !fault.empty()) return fault;
  }
  if (left_of(sources) != joined_of(way)) return "the way does not take what the sources gave";
  for (const auto& stage : collectors) {
    const auto offered = stage.passed_before + stage.entered + stage.elsewhere + stage.passed_after;
    if (offered != left) return stage.name + " was not offered what the agent encoded";
    if (auto fault = fault_of(stage); !fault.empty()) return fault;
  }
  return fault_of_spools(*this);
}

void add_line(std::vector<LedgerLine>& lines, std::string_view reason, std::uint64_t count) {
  if (count != 0) lines.push_back({std::string(reason), count});
}

void print_notes(std::ostream& out, const std::vector<LedgerLine>& notes) {
  std::string_view before = "   (";
  for (const LedgerLine& line : notes) {
    out << before << grouped(line.count) << ' ' << line.reason;
    before = ", ";
  }
  out << (notes.empty() ? "\n" : ")\n");
}

void add(Ledger& sum, const Ledger& part) {
  add(sum.way, part.way);
  add(sum.streams, part.streams);
  add(sum.sources, part.sources);
  add(sum.collectors, part.collectors);
  add(sum.spools, part.spools);
}

void print(std::ostream& out, const Ledger& ledger) {
  out << "ledger\n";
  for (const auto& stage : ledger.sources) print_stage(out, stage, "left", "");
  for (const auto& stage : ledger.way) print_stage(out, stage, "left", "");
  for (const auto& stage : ledger.streams) print_stage(out, stage, "bytes in messages", "");
  for (const auto& stage : ledger.collectors) print_stage(out, stage, "sent", "lost: ");
  for (const auto& stage : ledger.spools) {
    print_stage(out, with_full_name(stage), "sent", "lost: ");
  }
  const auto fault = ledger.fault();
  out << (fault.empty() ? "  adds up\n" : "  DOES NOT ADD UP: " + fault + "\n");
}

std::string to_json(const Ledger& ledger) {
  return json::serialize(json::object{{"adds_up", ledger.fault().empty()},
                                      {"stages", stages_of(ledger.way, "left", "dropped")},
                                      {"streams", stages_of(ledger.streams, "left", "dropped")},
                                      {"sources", stages_of(ledger.sources, "left", "dropped")},
                                      {"collectors", stages_of(ledger.collectors, "sent", "lost")},
                                      {"spools", stages_of(ledger.spools, "sent", "lost")}});
}

}  // namespace heptap
