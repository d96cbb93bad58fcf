#include "agent/report/collector_ledger.hpp"

#include "agent/report/text.hpp"

namespace heptap {
namespace {

std::vector<LedgerLine> losses_of(const DeliveryLosses& lost) {
  std::vector<LedgerLine> lines;
  add_line(lines, "given_up", lost.given_up);
  add_line(lines, "unconfirmed", lost.unconfirmed);
  add_line(lines, "refused", lost.refused);
  add_line(lines, "too_large", lost.too_large);
  return lines;
}

}  // namespace

std::vector<LedgerStage> collector_stages(const std::vector<CollectorSnapshot>& collectors) {
  std::vector<LedgerStage> stages;
  for (const auto& collector : collectors) {
    const DeliveryCounters& frames = collector.frames;
    LedgerStage stage{.name = collector.name,
                      .entered = frames.entered,
                      .left = frames.sent,
                      .held = frames.held(),
                      .passed_before = collector.passed_before,
                      .passed_after = collector.passed_after,
                      .elsewhere = frames.elsewhere,
                      .dropped = losses_of(frames.lost)};
    add_line(stage.noted, "resent", frames.resent);
    add_line(stage.noted, "not_closed", frames.not_closed);
    add_line(stage.noted, "disconnects", collector.disconnects);
    stages.push_back(std::move(stage));
  }
  return stages;
}

std::string describe_loss(const CollectorSnapshot& collector) {
  std::string out = collector.name + ": lost " + grouped(collector.frames.lost.total()) + " of " +
                    grouped(collector.frames.entered) + " messages:";
  for (const auto& line : losses_of(collector.frames.lost)) {
    out += ' ' + grouped(line.count) + ' ' + line.reason;
  }
  if (!collector.last_error.empty()) out += " (" + collector.last_error + ')';
  return out;
}

}  // namespace heptap
