#include "agent/report/collector_ledger.hpp"

#include <algorithm>

#include "agent/report/text.hpp"

namespace heptap {
namespace {

std::vector<LedgerLine> losses_of(const DeliveryLosses& lost) {
  std::vector<LedgerLine> lines;
  add_line(lines, "given_up", lost.given_up);
  add_line(lines, "unconfirmed", lost.unconfirmed);
  add_line(lines, "refused", lost.refused);
  add_line(lines, "too_large", lost.too_large);
  add_line(lines, "disk", lost.disk);
  add_line(lines, "too_slow", lost.too_slow);
  return lines;
}

std::vector<LedgerLine> losses_of(const SpoolLosses& lost) {
  std::vector<LedgerLine> lines;
  add_line(lines, "size", lost.size);
  add_line(lines, "age", lost.age);
  add_line(lines, "disk", lost.disk);
  add_line(lines, "damage", lost.damage);
  add_line(lines, "refused", lost.refused);
  return lines;
}

LedgerStage stage_of(const CollectorSnapshot& collector) {
  const DeliveryCounters& frames = collector.frames;
  LedgerStage stage{.name = collector.name,
                    .entered = frames.entered,
                    .left = frames.sent,
                    .held = frames.held(),
                    .passed_before = collector.passed_before,
                    .passed_after = collector.passed_after,
                    .elsewhere = frames.elsewhere,
                    .dropped = losses_of(frames.lost)};
  add_line(stage.absorbed, "spooled", frames.spooled);
  add_line(stage.noted, "resent", frames.resent);
  add_line(stage.noted, "fragmented", frames.fragmented);
  add_line(stage.noted, "disconnects", collector.disconnects);
  if (collector.files) {
    add_line(stage.noted, "files", collector.files->begun);
    add_line(stage.noted, "files_removed", collector.files->removed);
  }
  return stage;
}

LedgerStage stage_of(const std::string& name, const SpoolCounters& spool) {
  LedgerStage stage{.name = name,
                    .entered = spool.found + spool.taken,
                    .left = spool.sent,
                    .held = spool.held,
                    .joined = spool.found,
                    .joined_from = "an earlier run",
                    .dropped = losses_of(spool.lost)};
  add_line(stage.noted, "resent", spool.resent);
  add_line(stage.noted, "not_closed", spool.not_closed);
  add_line(stage.noted, "torn", spool.torn);
  add_line(stage.noted, "quarantined", spool.quarantined);
  return stage;
}

std::string describe_loss(const LedgerStage& stage) {
  std::string out =
      "lost " + grouped(stage.dropped_count()) + " of " + grouped(stage.entered) + " messages:";
  for (const auto& line : stage.dropped) out += ' ' + grouped(line.count) + ' ' + line.reason;
  return out;
}

}  // namespace

void add_collectors(Ledger& ledger, const std::vector<CollectorSnapshot>& collectors) {
  for (const CollectorSnapshot& one : collectors) {
    ledger.collectors.push_back(stage_of(one));
    if (one.spool) ledger.spools.push_back(stage_of(one.name, *one.spool));
  }
}

bool has_lost(const CollectorSnapshot& collector) noexcept {
  return collector.frames.lost.total() != 0 ||
         (collector.spool && collector.spool->lost.total() + collector.spool->not_closed != 0);
}

std::string describe_loss(const CollectorSnapshot& collector) {
  std::string what;
  if (collector.frames.lost.total() != 0) what = describe_loss(stage_of(collector));
  if (collector.spool && collector.spool->lost.total() != 0) {
    if (!what.empty()) what += "; ";
    what += "its spool " + describe_loss(stage_of(collector.name, *collector.spool));
  }
  if (collector.spool && collector.spool->not_closed != 0) {
    if (!what.empty()) what += "; ";
    what += "perhaps lost " + grouped(collector.spool->not_closed) +
            " messages out of its spool, on connections it did not close";
  }
  if (what.empty()) return {};
  if (!collector.last_error.empty()) what += " (" + collector.last_error + ')';
  return collector.name + ": " + what;
}

std::string describe_waiting(const CollectorSnapshot& collector) {
  if (!collector.spool || collector.spool->held == 0) return {};
  return collector.name + ": " + grouped(collector.spool->held) + " messages wait in " +
         collector.spool_folder.string();
}

std::string why_none_takes_frames(const std::vector<CollectorSnapshot>& collectors) {
  const auto takes_frames = [](const CollectorSnapshot& one) {
    return one.state == CollectorState::up || one.state == CollectorState::spooling;
  };
  const auto has_spool = [](const CollectorSnapshot& one) { return one.spool.has_value(); };
  if (std::any_of(collectors.begin(), collectors.end(), takes_frames)) return {};
  const bool waits = std::any_of(collectors.begin(), collectors.end(), has_spool);
  return waits ? "no collector is connected, messages wait in the spool"
               : "no collector is connected";
}

}  // namespace heptap
