// One thread: the io_context runs the listeners, which hand frames to the intake, which writes
// them.
#include "agent/collect.hpp"

#include <spdlog/spdlog.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <csignal>
#include <memory>
#include <optional>
#include <ostream>
#include <stdexcept>

#include "agent/pipeline/frame_intake.hpp"
#include "agent/rare_log.hpp"
#include "agent/report/frame_output.hpp"
#include "agent/report/text.hpp"
#include "agent/transport_log.hpp"

namespace heptap {
namespace {

namespace asio = boost::asio;

class Collect : public ListenerHandler {
 public:
  Collect(const CollectOptions& options, std::ostream& out, std::ostream& err)
      : options_(options),
        out_(out),
        err_(err),
        signals_(io_, SIGINT, SIGTERM),
        flush_timer_(io_) {}

  ExitCode run() {
    for (const auto& endpoint : options_.listen) {
      ListenerOptions listen{.endpoint = endpoint, .tls = options_.tls};
      listeners_.push_back(std::make_unique<Listener>(io_, listen, *this, listener_log()));
      err_ << "listening on " << to_string(listeners_.back()->endpoint()) << std::endl;
    }
    // Only now: a file to write to must not be emptied when there is nothing to listen on.
    outputs_ = make_outputs(options_, out_);
    intake_.emplace([this](const Peer&, const hep::HepView& view, Bytes) { write(view); },
                    [this](const Peer& peer, std::string_view why) { refuse(peer, why); },
                    options_.count);
    signals_.async_wait([this](boost::system::error_code, int) { stop(); });
    flush_soon();
    const bool written = receive();
    LedgerStage stage = intake_->stage("collect");
    add_line(stage.noted, "not_written", not_written_);
    const Ledger ledger{.way = {std::move(stage)}};
    if (!options_.quiet) print(err_, ledger);
    return written && ledger.fault().empty() ? ExitCode::ok : ExitCode::failure;
  }

 private:
  // False when an output cannot be written: then what comes later is of no use.
  bool receive() {
    try {
      io_.run();
      for (const auto& output : outputs_) output->finish();
      return true;
    } catch (const std::runtime_error& error) {
      spdlog::error(error.what());
      return false;
    }
  }

  // What strangers can cause is a warning, and there may be any number of them.
  EventSink listener_log() {
    return [this, log = transport_log()](EventLevel level, const std::string& text) {
      level == EventLevel::warning ? rare_log_.warn(text) : log(level, text);
    };
  }

  static std::vector<std::unique_ptr<FrameOutput>> make_outputs(const CollectOptions& options,
                                                                std::ostream& out) {
    std::vector<std::unique_ptr<FrameOutput>> outputs;
    for (const auto& form : options.outputs) {
      outputs.push_back(make_frame_output(form, out));
      if (!outputs.back()) throw std::invalid_argument(form + ": no such output");
    }
    return outputs;
  }

  void on_datagram(const Peer& peer, std::span<const std::uint8_t> bytes) override {
    if (!intake_) return;
    const bool was_done = done();
    intake_->take_datagram(peer, bytes);
    if (done() && !was_done) stop();
  }

  StreamVerdict on_stream(const Peer& peer, std::span<const std::uint8_t> bytes) override {
    if (done()) return {.consumed = 0, .close = true};  // on_close() counts what is there
    const auto taken = intake_->take_stream(peer, bytes);
    if (done()) stop();
    return {.consumed = taken.value_or(bytes.size()), .close = !taken};
  }

  void on_close(const Peer& peer, std::span<const std::uint8_t> unconsumed) override {
    intake_->take_rest(peer, unconsumed);
  }

  void on_overflow(std::uint64_t datagrams) override {
    if (intake_) intake_->count_overflow(datagrams);
  }

  [[nodiscard]] bool done() const noexcept { return intake_->full(); }

  void write(const hep::HepView& frame) {
    for (const auto& output : outputs_) {
      if (!output->write(frame)) ++not_written_;
    }
  }

  void refuse(const Peer& peer, std::string_view why) {
    rare_log_.warn(to_string(peer) + ": bad frame: " + std::string(why));
  }

  // Lines appear while frames come, without a write for each frame.
  void flush_soon() {
    flush_timer_.expires_after(std::chrono::milliseconds(100));
    flush_timer_.async_wait([this](boost::system::error_code error) {
      if (error || is_stopped_) return;  // it may have been due before it was cancelled
      for (const auto& output : outputs_) output->flush();
      flush_soon();
    });
  }

  // Not from within a listener's call: the sockets go away here.
  void stop() {
    asio::post(io_, [this] {
      is_stopped_ = true;
      for (const auto& listener : listeners_) listener->stop();
      signals_.cancel();
      flush_timer_.cancel();
    });
  }

  const CollectOptions& options_;
  std::ostream& out_;
  std::ostream& err_;
  RareLog rare_log_;
  std::vector<std::unique_ptr<FrameOutput>> outputs_;
  std::uint64_t not_written_ = 0;      // good frames that an output had no form for
  std::optional<FrameIntake> intake_;  // not before all listeners
  asio::io_context io_{1};
  asio::signal_set signals_;
  asio::steady_timer flush_timer_;
  std::vector<std::unique_ptr<Listener>> listeners_;
  bool is_stopped_ = false;
};

}  // namespace

ExitCode run_collect(const CollectOptions& options, std::ostream& out, std::ostream& err) {
  try {
    return Collect(options, out, err).run();
  } catch (const std::runtime_error& error) {
    spdlog::error(error.what());
    return ExitCode::failure;
  }
}

}  // namespace heptap
