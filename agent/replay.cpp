// Replay reads its files on one thread, which runs the whole pipeline; the transport thread sends.
// The ring between them is the back-pressure: when no collector takes frames, reading waits.
#include "agent/replay.hpp"

#include <spdlog/spdlog.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <limits>
#include <memory>
#include <optional>
#include <ostream>

#include "agent/capture_player.hpp"
#include "agent/pipeline/pipeline.hpp"
#include "agent/plan_routes.hpp"
#include "agent/report/call_assembly.hpp"
#include "agent/report/collector_ledger.hpp"
#include "agent/report/ladder_text.hpp"
#include "agent/report/ledger_file.hpp"
#include "agent/report/plan_figures.hpp"
#include "agent/report/text.hpp"
#include "agent/stop_signal.hpp"
#include "agent/transport_log.hpp"
#include "transport/transport.hpp"

namespace heptap {
namespace {

// Where no terminal cuts them, lines are as long as they want to be.
std::size_t terminal_columns() {
  winsize size{};
  const bool is_terminal = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col != 0;
  return is_terminal ? size.ws_col : std::numeric_limits<std::uint16_t>::max();
}

class Replay {
 public:
  Replay(const ReplayOptions& options, std::ostream& out, std::ostream& err)
      : options_(options),
        out_(out),
        err_(err),
        ledger_file_(options.ledger_json_file),
        report_(out, options.json ? CallReport::Form::json : CallReport::Form::text),
        media_book_(book_limits()),
        assembly_(report_, calls_, &media_book_, options.calls.max_entries),
        calls_(call_limits(), on_leave()) {
    if (!options.collectors.empty()) {
      transport_ =
          std::make_unique<Transport>(options.collectors, options.ring_bytes, transport_log());
      outlet_.emplace(options.identity, transport_->ring());
      PlanRoutes routes =
          first_routes(options.plan, options.collectors, options.pools, options.calls);
      routes.healthy = &transport_->healthy();
      outlet_->set_plan(std::move(routes), plan_log());
    }
    if (!outlet_ || options.media) media_.emplace(media_limits(), options.links);
    if (options.call_reports) call_reports_.emplace(options.kpi.limits.max_calls);
    const bool tells_of_calls = !outlet_ || call_reports_;
    const bool plan_asks = outlet_ && outlet_->asks_for_calls();
    if (tells_of_calls || plan_asks) {
      tracked_.emplace(options.kpi, tells_of_calls ? on_over() : OnCallOver{});
    }
    pipeline_.emplace(options.pipeline, calls_, outlet_ ? &*outlet_ : nullptr,
                      SharedParts{.media = media_ ? &*media_ : nullptr,
                                  .tracked = tracked_ ? &*tracked_ : nullptr,
                                  .observer = tells_of_calls ? &media_book_ : nullptr});
    if (call_reports_) pipeline_->report_calls({&*call_reports_, &calls_, &media_book_});
    if (!options.ladder.empty()) pipeline_->set_message_sink(ladder_.emplace(options.ladder));
    player_.emplace(options, *pipeline_, outlet_ ? &*outlet_ : nullptr, stop_, err);
  }

  ExitCode run() {
    for (const auto& file : options_.files) {
      if (file == "-" || access(file.c_str(), R_OK) == 0) continue;
      spdlog::error("{}: {}", file, std::generic_category().message(errno));
      return ExitCode::unavailable;
    }
    if (!ledger_file_.is_writable()) return ExitCode::failure;
    if (transport_) {
      transport_->hurry_when_readable(stop_.fd(), patience_after_signal);
      transport_->start();
    }
    for (const auto& file : options_.files) {
      if (!stop_.requested()) player_->play(file);
    }
    return finish();
  }

 private:
  [[nodiscard]] CallLimits call_limits() const {
    CallLimits limits = options_.calls;
    limits.keep_details = options_.collectors.empty() || options_.call_reports;
    if (limits.keep_details) limits.max_age += report_slack;
    return limits;
  }

  // What is printed of calls has their media in it, whatever is sent.
  [[nodiscard]] MediaLimits media_limits() const {
    MediaLimits limits = options_.media.value_or(MediaLimits{.max_calls = 65'536});
    if (options_.call_reports) limits.keep_over = until_reported;
    return limits;
  }

  [[nodiscard]] MediaBookLimits book_limits() const {
    if (!options_.collectors.empty() && !options_.call_reports) return {.max_calls = 1};
    return {.max_age_us = call_limits().max_age.count()};
  }

  OnCallLeaves on_leave() {
    if (!options_.collectors.empty()) return {};
    if (!options_.ladder.empty()) {
      return [this](const Call&, const CallDetails& details) {
        CallMedia media;
        if (details.call_id != options_.ladder || !media_book_.take(details.hash, media)) return;
        ladder_media_.append(media);
      };
    }
    return
        [this](const Call& call, const CallDetails& details) { assembly_.on_leave(call, details); };
  }

  OnCallOver on_over() {
    return [this](std::uint64_t call, const CallState& state) {
      call_reports_ ? call_reports_->push(call, state) : assembly_.on_over(call, state);
    };
  }

  ExitCode finish() {
    pipeline_->finish();
    if (tracked_) tracked_->finish();
    pipeline_->send_call_reports();
    const bool delivered = transport_ == nullptr || deliver();
    const bool printed = transport_ != nullptr || print_calls();
    warn_of_gaps();
    const Ledger ledger = account();
    if (!options_.quiet) print(err_, ledger);
    if (!options_.quiet && outlet_) print(err_, plan_figures(outlet_->plan()));
    const bool published = ledger_file_.write(ledger);
    if (!delivered) return ExitCode::lost;
    const bool is_whole = !player_->has_damage() && ledger.fault().empty();
    if (!is_whole || !printed || !published) return ExitCode::failure;
    if (player_->lacks_file()) return ExitCode::unavailable;
    return stop_.requested() ? ExitCode::interrupted : ExitCode::ok;
  }

  // What may have been SIP, or is not the whole of it.
  void warn_of_gaps() {
    const auto warn = [](std::uint64_t count, const char* what) {
      if (count != 0) spdlog::warn("{} {}", count, what);
    };
    const DefragCounts& fragments = pipeline_->fragments();
    warn(fragments.held + fragments[FragmentFate::expired] + fragments[FragmentFate::evicted] +
             fragments[FragmentFate::truncated],
         "IP fragments whose datagrams never became whole");
    warn(pipeline_->streams().gaps, "places in TCP streams where the capture has a gap");
    warn(pipeline_->counts().truncated, "messages cut by the snap length of the capture");
    warn(pipeline_->sctp().truncated, "SCTP packets cut by the snap length of the capture");
  }

  // False when the one that was asked for is not there.
  bool print_calls() {
    calls_.finish();
    if (ladder_) return print_ladder();
    const KpiFigures kpis = kpi_figures(*tracked_);
    report_.finish(calls_.counts(), &kpis);
    return true;
  }

  bool print_ladder() {
    const std::string text = ladder_text(*ladder_, &ladder_media_, terminal_columns());
    out_ << text;
    if (!text.empty()) return true;
    spdlog::error("no message has the Call-ID {}", one_line(ladder_->call_id()));
    return false;
  }

  // False when any collector did not get everything.
  bool deliver() {
    outlet_->flush();
    transport_->drain();
    const OutletCounts& encode = outlet_->counts();
    const std::uint64_t not_encoded = encode.entered - encode.encoded;
    bool delivered = not_encoded == 0;
    if (!delivered) spdlog::error("{} messages fit into no HEP frame", not_encoded);
    for (const auto& collector : transport_->snapshot()) {
      log_outcome(collector);
      if (has_lost(collector)) delivered = false;
    }
    return delivered;
  }

  [[nodiscard]] Ledger account() const {
    Ledger ledger{.way = pipeline_->ledger(),
                  .streams = pipeline_->stream_ledger(),
                  .sources = pipeline_->source_ledger()};
    if (call_reports_) ledger.sources.push_back(stage_of(call_reports_->counts()));
    add_calls(ledger, calls_.counts());
    if (media_) add_media(ledger, media_->counts());
    add_media_book(ledger, media_book_.counts());
    ledger.way.front().entered += player_->bad_packets();
    add_line(ledger.way.front().dropped, "bad_record", player_->bad_packets());
    if (transport_) add_collectors(ledger, transport_->snapshot());
    return ledger;
  }

  const ReplayOptions& options_;
  std::ostream& out_;
  std::ostream& err_;
  const LedgerFile ledger_file_;
  StopSignal stop_;
  CallReport report_;
  MediaBook media_book_;
  CallAssembly assembly_;
  CallTable calls_;
  std::unique_ptr<Transport> transport_;
  std::optional<Outlet> outlet_;
  std::optional<MediaCalls> media_;
  std::optional<CallReportQueue> call_reports_;
  std::optional<TrackedCalls> tracked_;
  std::optional<Ladder> ladder_;
  CallMedia ladder_media_;
  std::optional<Pipeline> pipeline_;
  std::optional<CapturePlayer> player_;
};

}  // namespace

ExitCode run_replay(const ReplayOptions& options, std::ostream& out, std::ostream& err) {
  if (options.names.collectors.empty()) return Replay(options, out, err).run();
  ReplayOptions found = options;
  CollectorLayout layout = look_up_once({options.collectors, options.pools}, options.names,
                                        NameLookup::longest, log_event);
  found.collectors = std::move(layout.collectors);
  found.pools = std::move(layout.pools);
  return Replay(found, out, err).run();
}

}  // namespace heptap
