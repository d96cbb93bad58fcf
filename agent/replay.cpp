// Replay reads its files on one thread, which runs the whole pipeline; the transport thread sends.
// The ring between them is the back-pressure: when no collector takes frames, reading waits.
#include "agent/replay.hpp"

#include <spdlog/spdlog.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <limits>
#include <memory>
#include <optional>
#include <ostream>
#include <thread>

#include "agent/capture/file_source.hpp"
#include "agent/pacer.hpp"
#include "agent/pipeline/pipeline.hpp"
#include "agent/report/call_assembly.hpp"
#include "agent/report/collector_ledger.hpp"
#include "agent/report/ladder_text.hpp"
#include "agent/report/progress.hpp"
#include "agent/report/text.hpp"
#include "agent/stop_signal.hpp"
#include "agent/transport_log.hpp"
#include "transport/transport.hpp"

namespace heptap {
namespace {

constexpr std::chrono::seconds patience_after_signal{5};

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
        report_(out, options.json ? CallReport::Form::json : CallReport::Form::text),
        media_book_(book_limits()),
        assembly_(report_, calls_, &media_book_, options.calls.max_entries),
        calls_(call_limits(), on_leave()),
        pacer_(options.speed) {
    if (!options.collectors.empty()) {
      transport_ =
          std::make_unique<Transport>(options.collectors, options.ring_bytes, transport_log());
      outlet_.emplace(options.identity, transport_->ring());
    }
    if (!outlet_ || options.media) media_.emplace(media_limits(), options.links);
    if (options.call_reports) call_reports_.emplace(options.kpi.limits.max_calls);
    if (!outlet_ || call_reports_) tracked_.emplace(options.kpi, on_over());
    pipeline_.emplace(pipeline_options(), calls_, outlet_ ? &*outlet_ : nullptr,
                      SharedParts{.media = media_ ? &*media_ : nullptr,
                                  .tracked = tracked_ ? &*tracked_ : nullptr,
                                  .observer = tracked_ ? &media_book_ : nullptr});
    if (call_reports_) pipeline_->report_calls({&*call_reports_, &calls_, &media_book_});
    if (!options.ladder.empty()) pipeline_->set_message_sink(ladder_.emplace(options.ladder));
  }

  ExitCode run() {
    for (const auto& file : options_.files) {
      if (file == "-" || access(file.c_str(), R_OK) == 0) continue;
      spdlog::error("{}: {}", file, std::generic_category().message(errno));
      return ExitCode::unavailable;
    }
    if (!try_ledger_file()) return ExitCode::failure;
    if (transport_) {
      transport_->hurry_when_readable(stop_.fd(), patience_after_signal);
      transport_->start();
    }
    for (const auto& file : options_.files) {
      if (!stop_.requested()) replay_file(file);
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
  [[nodiscard]] PipelineOptions pipeline_options() const {
    PipelineOptions pipeline = options_.pipeline;
    if (!outlet_ && !pipeline.rtp) pipeline.rtp = options_.rtp;
    return pipeline;
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

  void replay_file(const std::string& path) {
    try {
      CaptureFile file = CaptureFile::open(path, input_wait());
      const std::uint64_t frames_before = pipeline_->counts().frames;
      pipeline_->begin_capture();
      Progress progress(err_, path, file.size_bytes(),
                        !options_.quiet && isatty(STDERR_FILENO) == 1);
      RawFrame frame;
      ReadState state = ReadState::frame;
      while (!stop_.requested() && (state = file.next(frame)) == ReadState::frame) {
        wait_until_due(frame);
        pipeline_->handle(frame);
        progress.update(file.bytes_read(), pipeline_->counts().frames - frames_before);
      }
      if (stop_.requested()) {
        warn_stopped(path, file.bytes_read());
      }
      note_bad_records(path, file);
      if (state == ReadState::damaged && !stop_.requested()) report_damage(path, file.damage());
    } catch (const CaptureError& error) {
      if (stop_.requested()) return warn_stopped(path, 0);
      spdlog::error(error.what());
      (error.kind() == CaptureError::Kind::unavailable ? unavailable_ : damaged_) = true;
    }
  }

  void warn_stopped(const std::string& path, std::uint64_t offset) {
    spdlog::warn("{}: stopped by a signal near byte {}", path, offset);
    if (!transport_) return;
    spdlog::warn("what was read is delivered; collectors have {} s for it",
                 std::chrono::seconds(patience_after_signal).count());
  }

  // What came down a pipe so far must not wait for what comes next.
  InputWait input_wait() {
    return {.before =
                [this] {
                  if (outlet_) outlet_->flush();
                },
            .stop_fd = stop_.fd()};
  }

  void wait_until_due(const RawFrame& frame) {
    if (options_.time_now && !shifted_) shift_to_now(frame.time_ns);
    if (options_.speed == 0) return;  // not through an optional: copying it waits for all stores
    const auto due = pacer_.due(frame.time_ns);
    if (!due) return;
    if (outlet_) outlet_->flush();
    stop_.sleep_until(*due);
  }

  void shift_to_now(std::int64_t first_ns) {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto now_us = std::chrono::duration_cast<std::chrono::microseconds>(now).count();
    pipeline_->set_time_shift(now_us - first_ns / 1000);
    shifted_ = true;
  }

  void note_bad_records(const std::string& path, const CaptureFile& file) {
    const BadRecords packets = file.bad_packets();
    const BadRecords interfaces = file.bad_interfaces();
    bad_packets_ += packets.count;
    damaged_ = damaged_ || packets.count + interfaces.count != 0;
    if (interfaces.count != 0) {
      spdlog::error(
          "{}: {} interface descriptions contradict themselves, the first at byte {}: "
          "times and link types of their packets may be wrong",
          path, interfaces.count, interfaces.first_offset);
    }
    if (packets.count != 0) {
      spdlog::error("{}: {} packets contradict themselves and were left out, the first at byte {}",
                    path, packets.count, packets.first_offset);
    }
  }

  void report_damage(const std::string& path, const Damage& damage) {
    spdlog::error("{}: {}", path, to_string(damage));
    damaged_ = true;
  }

  ExitCode finish() {
    pipeline_->finish();
    if (tracked_) tracked_->finish();
    pipeline_->send_call_reports();
    const bool delivered = transport_ == nullptr || deliver();
    const bool printed = transport_ != nullptr || print_calls();
    warn_of_gaps();
    const Ledger ledger = account();
    const bool published = publish(ledger);
    if (!delivered) return ExitCode::lost;
    if (damaged_ || !printed || !published || !ledger.fault().empty()) return ExitCode::failure;
    if (unavailable_) return ExitCode::unavailable;
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
      if (collector.frames.lost.total() == 0) continue;
      spdlog::error(describe_loss(collector));
      delivered = false;
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
    ledger.way.front().entered += bad_packets_;
    add_line(ledger.way.front().dropped, "bad_record", bad_packets_);
    if (transport_) ledger.collectors = collector_stages(transport_->snapshot());
    return ledger;
  }

  // False when the ledger's file cannot be written.
  bool publish(const Ledger& ledger) {
    if (!options_.quiet) print(err_, ledger);
    if (options_.ledger_json_file.empty()) return true;
    std::ofstream file(options_.ledger_json_file);
    file << to_json(ledger) << '\n';
    return file.flush() ? true : refuse_ledger_file();
  }

  // False when it cannot be written: said before the work, not after it. What is in it stays.
  bool try_ledger_file() {
    if (options_.ledger_json_file.empty()) return true;
    return std::ofstream(options_.ledger_json_file, std::ios::app) ? true : refuse_ledger_file();
  }

  bool refuse_ledger_file() {
    spdlog::error("{}: cannot be written", options_.ledger_json_file);
    return false;
  }

  const ReplayOptions& options_;
  std::ostream& out_;
  std::ostream& err_;
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
  Pacer pacer_;
  bool shifted_ = false;
  bool damaged_ = false;
  bool unavailable_ = false;
  std::uint64_t bad_packets_ = 0;
};

}  // namespace

ExitCode run_replay(const ReplayOptions& options, std::ostream& out, std::ostream& err) {
  return Replay(options, out, err).run();
}

}  // namespace heptap
