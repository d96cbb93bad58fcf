// The way of a replay, but for its end: what the plan lets through comes into a ring that nobody sends.
#include <spdlog/spdlog.h>

#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "agent/apply_settings.hpp"
#include "agent/capture_player.hpp"
#include "agent/check.hpp"
#include "agent/pipeline/pipeline.hpp"
#include "agent/plan_routes.hpp"
#include "agent/plan_settings.hpp"
#include "agent/plan_tool.hpp"
#include "agent/report/plan_figures.hpp"
#include "agent/report/text.hpp"
#include "agent/stop_signal.hpp"

namespace heptap {
namespace {

constexpr std::size_t ring_bytes = std::size_t{4} << 20U;

class PlanTest {
 public:
  // follows_calls  whatever the plan asks for
  PlanTest(const ReplayOptions& options, bool follows_calls, bool is_verbose, std::ostream& out,
           std::ostream& err)
      : options_(options),
        is_verbose_(is_verbose),
        out_(out),
        calls_(options.calls),
        outlet_(options.identity, ring_, WhenFull::drop) {
    if (options.media) media_.emplace(*options.media, options.links);
    outlet_.set_plan(first_routes(options.plan, options.collectors, options.pools, options.calls),
                     plan_log());
    outlet_.watch_plan([this](const PlanSubject& message, const Verdict& verdict) {
      drain();
      if (is_verbose_) print(message, verdict);
    });
    if (follows_calls || outlet_.asks_for_calls()) tracked_.emplace(options.kpi);
    pipeline_.emplace(options.pipeline, calls_, &outlet_,
                      SharedParts{.media = media_ ? &*media_ : nullptr,
                                  .tracked = tracked_ ? &*tracked_ : nullptr});
    player_.emplace(options, *pipeline_, &outlet_, stop_, err);
  }

  ExitCode run() {
    for (const std::string& file : options_.files) {
      if (!stop_.requested()) player_->play(file);
    }
    pipeline_->finish();
    heptap::print(out_, plan_figures(outlet_.plan()));
    print_sum();
    if (player_->lacks_file()) return ExitCode::unavailable;
    return player_->has_damage() ? ExitCode::failure : ExitCode::ok;
  }

 private:
  void drain() noexcept {
    outlet_.flush();
    ring_.release_until(ring_.head());
  }

  [[nodiscard]] std::string names_of(std::uint64_t collectors) const {
    if (collectors == Verdict::every_collector) {
      return std::string(everyone(!options_.pools.empty()));
    }
    std::string text;
    const auto& names = options_.plan->collectors();
    for (std::size_t i = 0; i < names.size(); ++i) {
      if ((collectors >> i & 1U) == 0) continue;
      text.append(text.empty() ? "" : ", ").append(names[i]);
    }
    return text;
  }

  void print(const PlanSubject& message, const Verdict& verdict) {
    const bool has_rule = verdict.rule != Verdict::no_rule;
    const auto& rules = options_.plan->rules().rules;
    out_ << utc_time(message.time_us) << ' ' << describe(message, true) << '\n' << "  ";
    out_ << (has_rule ? rules[verdict.rule].name : "no rule") << ": " << to_string(verdict.fate);
    std::string_view before = " to ";
    for (const PlanDelivery& one : verdict.deliveries()) {
      out_ << before << names_of(one.collectors) << (one.masks.any() ? ", masked" : "");
      before = "; to ";
    }
    const auto& [suffix, group] = verdict.marks;
    if (!suffix.empty()) out_ << ", node name with " << suffix;
    if (!group.empty()) out_ << ", group " << group;
    out_ << '\n';
    print_others(verdict.rule);
  }

  // Rules that were for the message, too: their counts have changed since the last one.
  void print_others(std::uint16_t decided) {
    const auto& rules = options_.plan->rules().rules;
    const auto& counts = outlet_.plan()->counts().rules;
    seen_.resize(counts.size());
    std::string_view before = "  also: ";
    for (std::size_t i = 0; i < counts.size(); ++i) {
      const RuleCounts was = std::exchange(seen_[i], counts[i]);
      if (counts[i].matched == was.matched || i == decided) continue;
      out_ << std::exchange(before, ", ") << rules[i].name << done_by(rules[i], was, counts[i]);
    }
    if (before == ", ") out_ << '\n';
  }

  // gives     " (counted, masked)"
  static std::string done_by(const PlanRule& rule, const RuleCounts& was, const RuleCounts& now) {
    std::string text;
    const auto add = [&](bool has, std::string_view what) {
      if (has) text.append(text.empty() ? " (" : ", ").append(what);
    };
    add(!rule.count.empty(), "counted");
    add(rule.logs, "logged");
    add(now.masked != was.masked, "masked");
    add(now.sent != was.sent, "sent");
    add(now.dropped != was.dropped, "dropped");
    add(now.sampled != was.sampled, "not of its sample");
    add(now.limited != was.limited, "over its limit");
    return text.empty() ? text : text + ")";
  }

  void print_sum() {
    const PlanCounts& counts = outlet_.plan()->counts();
    out_ << grouped(counts.entered) << " messages";
    std::string_view before = ": ";
    for_each<PlanFate>([&](PlanFate fate) {
      if (counts.fates[fate] == 0) return;
      out_ << before << grouped(counts.fates[fate]) << ' ' << to_string(fate);
      before = ", ";
    });
    out_ << '\n';
  }

  const ReplayOptions& options_;
  const bool is_verbose_;
  std::ostream& out_;
  std::vector<RuleCounts> seen_;  // after the last message
  StopSignal stop_;
  CallTable calls_;
  std::optional<MediaCalls> media_;
  std::optional<TrackedCalls> tracked_;
  FrameRing ring_{ring_bytes};
  Outlet outlet_;
  std::optional<Pipeline> pipeline_;
  std::optional<CapturePlayer> player_;
};

}  // namespace

ExitCode run_plan_test(const PlanTestOptions& options, std::ostream& out, std::ostream& err) {
  const LoadedConfig config = load_config(options.config, err);
  if (config.status != ExitCode::ok) return config.status;
  ReplayOptions replay;
  apply(config.settings, replay);
  replay.files = options.files;
  replay.quiet = true;
  replay.speed = 0;
  replay.time_now = false;
  if (!replay.plan) {
    out << "there is no plan: everything goes to every collector\n";
    return ExitCode::ok;
  }
  const bool follows_calls = config.settings.kpi.enabled || replay.call_reports;
  return PlanTest(replay, follows_calls, options.is_verbose, out, err).run();
}

}  // namespace heptap
