#include "agent/report/metrics_page.hpp"

#include <array>
#include <chrono>
#include <string_view>
#include <vector>

#include "agent/report/kpi_families.hpp"
#include "agent/report/metric_families.hpp"

namespace heptap {
namespace {

// The words for one of the ledger's accounts.
struct Account {
  std::string_view label;  // also the prefix
  std::string_view unit;
  std::string_view counted;
  std::string_view left = "left";
  std::string_view dropped = "dropped";

  [[nodiscard]] std::string name(std::string_view word) const {
    return std::string{label}.append("_").append(word).append(unit);
  }
  [[nodiscard]] std::string help(std::string_view what) const {
    return std::string{what}.append(" (").append(counted).append(")");
  }
};
constexpr Account stage_account{"stage", "", "packets, from parse on messages"};
constexpr Account stream_account{"stream", "_bytes", "bytes"};
constexpr Account source_account{"source", "_frames", "frames"};
constexpr Account collector_account{"collector", "_frames", "frames", "sent", "lost"};
constexpr Account spool_account{"spool", "_frames", "frames", "sent", "lost"};

using Stages = std::vector<LedgerStage>;
using Lines = std::vector<LedgerLine> LedgerStage::*;

template <class Value>
void add_values(MetricFamilies& page, const Account& account, const Stages& stages, Value value) {
  for (const LedgerStage& stage : stages) page.add({{account.label, stage.name}}, value(stage));
}

void add_lines(MetricFamilies& page, const Account& account, const Stages& stages,
               std::string_view label, Lines lines) {
  for (const LedgerStage& stage : stages) {
    for (const LedgerLine& line : stage.*lines) {
      page.add({{account.label, stage.name}, {label, line.reason}}, line.count);
    }
  }
}

void add_sums(MetricFamilies& page, const Account& account, const Stages& stages) {
  struct Sum {
    std::string_view word;
    std::string_view help;
    std::uint64_t (*value)(const LedgerStage&);
  };
  const std::array<Sum, 5> sums{{
      {"entered", "What came in", [](const LedgerStage& s) { return s.entered; }},
      {"joined", "Of the entered, what came from beside the way",
       [](const LedgerStage& s) { return s.joined; }},
      {account.left, "What went on", [](const LedgerStage& s) { return s.left; }},
      {"absorbed", "What went on as part of something else",
       [](const LedgerStage& s) { return s.absorbed_count(); }},
      {account.dropped, "What did not go on",
       [](const LedgerStage& s) { return s.dropped_count(); }},
  }};
  for (const Sum& sum : sums) {
    page.begin_counter(account.name(sum.word), account.help(sum.help));
    add_values(page, account, stages, sum.value);
  }
}

void add_reasons(MetricFamilies& page, const Account& account, const Stages& stages) {
  page.begin_counter(account.name("absorbed") + "_by_reason",
                     account.help("What went on as part of something else, by reason"));
  add_lines(page, account, stages, "reason", &LedgerStage::absorbed);
  page.begin_counter(account.name(account.dropped) + "_by_reason",
                     account.help("What did not go on, by reason"));
  add_lines(page, account, stages, "reason", &LedgerStage::dropped);
  page.begin_counter(std::string{account.label} + "_noted",
                     "Worth knowing, but no loss. Of any unit.");
  add_lines(page, account, stages, "what", &LedgerStage::noted);
}

void add_account(MetricFamilies& page, const Account& account, const Stages& stages) {
  add_sums(page, account, stages);
  page.begin_gauge(account.name("held"), account.help("What waits here"));
  add_values(page, account, stages, [](const LedgerStage& stage) { return stage.held; });
  page.begin_gauge(account.name("difference"),
                   account.help("Came in, but is in none of the others; not 0: a bug of heptap"));
  add_values(page, account, stages, [](const LedgerStage& stage) { return stage.difference(); });
  add_reasons(page, account, stages);
}

void add_ledger(MetricFamilies& page, const Ledger& ledger) {
  page.begin_gauge("ledger_adds_up",
                   "1: no stage has a difference, and each takes what the one before it gave.");
  page.add({}, ledger.fault().empty());
  add_account(page, stage_account, ledger.way);
  add_account(page, stream_account, ledger.streams);
  add_account(page, source_account, ledger.sources);
  add_account(page, collector_account, ledger.collectors);
  add_account(page, spool_account, ledger.spools);
}

double seconds(std::chrono::duration<double> duration) { return duration.count(); }

void add_daemon(MetricFamilies& page, const DaemonFigures& figures) {
  page.begin_gauge("build_info", "The version, as a label. Always 1.");
  page.add({{"version", figures.version}}, 1);
  page.begin_gauge("start_time_seconds", "When the daemon started, in Unix time.");
  page.add({}, seconds(figures.started.time_since_epoch()));
}

void add_collectors(MetricFamilies& page, const std::vector<CollectorFigures>& collectors) {
  const auto add = [&](auto member) {
    for (const auto& row : collectors) page.add({{"collector", row.name}}, row.*member);
  };
  page.begin_gauge("collector_connected", "1: frames can be sent.");
  add(&CollectorFigures::connected);
  page.begin_gauge("collector_healthy", "1: its pools send to it. Of collectors in pools.");
  for (const auto& row : collectors) {
    if (row.healthy) page.add({{"collector", row.name}}, *row.healthy);
  }
  page.begin_gauge("collector_info", "Where it is, as a label. Always 1.");
  for (const auto& row : collectors) {
    page.add({{"collector", row.name}, {"address", row.address}}, 1);
  }
  page.begin_counter("collector_connects", "Connections that came up.");
  add(&CollectorFigures::connects);
  page.begin_counter("collector_disconnects", "Connections that broke.");
  add(&CollectorFigures::disconnects);
  page.begin_counter("collector_sent_bytes", "Handed to the kernel, what was sent again included.");
  add(&CollectorFigures::sent_bytes);
  page.begin_gauge("collector_held_bytes",
                   "Frames that wait, or may not have arrived, and those of others in between.");
  add(&CollectorFigures::held_bytes);
  page.begin_gauge("spool_disk_bytes", "Files of the spool of a collector.");
  for (const auto& row : collectors) {
    if (row.spool_bytes) page.add({{"spool", row.name}}, *row.spool_bytes);
  }
}

void add_orphans(MetricFamilies& page, const OrphanFigures& orphans) {
  page.begin_gauge("spool_orphans",
                   "Folders of the spool whose collectors are not there any more.");
  page.add({}, orphans.folders);
  page.begin_gauge("spool_orphan_frames", "Frames that wait in them.");
  page.add({}, orphans.frames);
  page.begin_gauge("spool_orphan_bytes", "Files of them.");
  page.add({}, orphans.bytes);
  page.begin_counter("spool_orphan_sent_frames",
                     "Out of them, to another member of the same name.");
  page.add({}, orphans.sent);
  page.begin_counter("spool_orphan_lost_frames", "Out of them, too old, damaged or refused.");
  page.add({}, orphans.lost);
}

void add_names(MetricFamilies& page, const std::vector<NameFigures>& names) {
  page.begin_gauge("collector_members", "Addresses that the records of its name give.");
  for (const auto& row : names) page.add({{"collector", row.collector}}, row.members);
  page.begin_gauge("collector_name_known",
                   "1: the last look-up of its name did not fail, in no part.");
  for (const auto& row : names) page.add({{"collector", row.collector}}, row.is_known);
}

void add_captures(MetricFamilies& page, const std::vector<CaptureFigures>& captures) {
  const auto add = [&](auto member) {
    for (const auto& row : captures) {
      const std::string worker = std::to_string(row.worker);
      page.add({{"interface", row.interface}, {"worker", worker}}, row.*member);
    }
  };
  page.begin_gauge("capture_up", "1: packets of this interface are captured.");
  add(&CaptureFigures::up);
  page.begin_counter("capture_received_packets", "Packets that passed the kernel's filter.");
  add(&CaptureFigures::received_packets);
  page.begin_counter("capture_kernel_dropped_packets", "Lost: the capture ring was full.");
  add(&CaptureFigures::kernel_dropped_packets);
  page.begin_counter("capture_interface_dropped_packets", "Lost by the interface or its driver.");
  add(&CaptureFigures::interface_dropped_packets);
}

void add_losses(MetricFamilies& page, const std::vector<InterfaceLoss>& losses) {
  page.begin_gauge("capture_degraded", "1: packets were lost within the last minute.");
  for (const auto& row : losses) page.add({{"interface", row.interface}}, row.is_degraded);
}

void add_rings(MetricFamilies& page, const std::vector<RingFigures>& rings) {
  page.begin_gauge("ring_used_bytes", "Frames between a worker and the transport.");
  for (const auto& row : rings) page.add({{"ring", row.name}}, row.used_bytes);
  page.begin_gauge("ring_size_bytes", "Room for frames between a worker and the transport.");
  for (const auto& row : rings) page.add({{"ring", row.name}}, row.size_bytes);
}

void add_tables(MetricFamilies& page, const std::vector<TableFigures>& tables) {
  using Figure = std::size_t TableUse::*;
  const auto add = [&](Figure figure, Figure maximum) {
    for (const auto& row : tables) {
      if (row.use.*maximum != 0) page.add({{"table", row.name}}, row.use.*figure);
    }
  };
  page.begin_gauge("table_entries", "What is in a table.");
  add(&TableUse::entries, &TableUse::max_entries);
  page.begin_gauge("table_max_entries", "What a table has room for; then old entries make room.");
  add(&TableUse::max_entries, &TableUse::max_entries);
  page.begin_gauge("table_held_bytes", "Of packets that wait for others in a table.");
  add(&TableUse::held_bytes, &TableUse::max_held_bytes);
  page.begin_gauge("table_max_held_bytes", "Room for them; then the oldest make room.");
  add(&TableUse::max_held_bytes, &TableUse::max_held_bytes);
  page.begin_gauge("table_memory_bytes", "Memory that a table may use.");
  add(&TableUse::memory_bytes, &TableUse::memory_bytes);
}

void add_plan(MetricFamilies& page, const PlanFigures& plan) {
  const auto add = [&](std::uint64_t RuleCounts::*count) {
    for (const auto& row : plan.rules) page.add({{"rule", row.name}}, row.counts.*count);
  };
  page.begin_counter("plan_rule_matched", "Messages that a rule was for.");
  add(&RuleCounts::matched);
  page.begin_counter("plan_rule_sent", "Messages that a rule has sent.");
  add(&RuleCounts::sent);
  page.begin_counter("plan_rule_dropped", "Messages that a rule has dropped, for whatever reason.");
  add(&RuleCounts::dropped);
  page.begin_counter("plan_rule_sampled", "Of the dropped, those of calls that are not kept.");
  add(&RuleCounts::sampled);
  page.begin_counter("plan_rule_limited", "Of the dropped, those above the rule's limit.");
  add(&RuleCounts::limited);
  page.begin_counter("plan_counter", "What rules of the plan have counted.");
  for (const auto& row : plan.counters) page.add({{"name", row.name}}, row.count);
}

MetricFamilies::Histogram histogram_of(const LagHistogram& lag) {
  MetricFamilies::Histogram histogram;
  for (std::size_t i = 0; i < LagHistogram::bucket_count; ++i) {
    histogram.sample_count += lag.count(i);
    histogram.bucket.push_back({histogram.sample_count, seconds(LagHistogram::at_most(i))});
  }
  histogram.sample_count += lag.longer();
  histogram.sample_sum = seconds(lag.sum());
  return histogram;
}

void add_lags(MetricFamilies& page, const std::vector<CollectorFigures>& collectors) {
  page.begin_histogram("capture_to_send_lag_seconds",
                       "From the time of the packet until its frame is handed to the kernel.");
  for (const auto& row : collectors) page.add({{"collector", row.name}}, histogram_of(row.lag));
}

}  // namespace

std::string metrics_page(const Ledger& ledger, const DaemonFigures& figures) {
  MetricFamilies page;
  add_daemon(page, figures);
  add_ledger(page, ledger);
  add_collectors(page, figures.collectors);
  if (figures.orphans) add_orphans(page, *figures.orphans);
  add_names(page, figures.names);
  add_captures(page, figures.captures);
  add_losses(page, figures.losses);
  add_rings(page, figures.rings);
  add_tables(page, figures.tables);
  add_lags(page, figures.collectors);
  add_plan(page, figures.plan);
  if (figures.kpis != nullptr) add_kpis(page, *figures.kpis);
  return page.text();
}

}  // namespace heptap
