#include "transport/file/file_collector.hpp"

#include "transport/wall_clock.hpp"

#include <boost/asio/post.hpp>

#include <array>
#include <system_error>
#include <utility>

namespace heptap {
namespace {

using State = WriterProgress::State;
constexpr double crowded_share = 0.5;
constexpr std::size_t frames_at_a_time = 64;

TimedFrame frame_of(const iovec& frame) noexcept {
  return {.time_us = 0, .bytes = {static_cast<const std::uint8_t*>(frame.iov_base), frame.iov_len}};
}

}  // namespace

FileCollector::FileCollector(CollectorHost& host, CollectorPlace place, CollectorOptions options)
    : Collector(host, place, std::move(options)) {}

/// Of one that was never started to its end, nothing was given to it.
FileCollector::~FileCollector() {
  if (writer_) FrameWriter::let_go(std::move(writer_));
}

/// When the process has given up its privileges.
void FileCollector::make_threads() {
  Collector::make_threads();
  if (!writer_) make_writer();
}

void FileCollector::connect() {
  enter_state(CollectorState::connecting);
  if (writer_) return writer_->try_again();
  try {
    make_writer();
  } catch (const std::system_error& error) {
    note_error(error.what());
    back_off();
  }
}

void FileCollector::make_writer() {
  auto& io = host_.io();
  writer_ = std::make_unique<FrameWriter>(
      [this](FileOutput::Warn warn) {
        auto output = make_file_output(*options_.file, std::move(warn));
        output_ = output.get();
        return output;
      },
      name(),
      [&host = host_](EventLevel level, const std::string& text) {
        boost::asio::post(host.io(), [&host, level, text] { host.report(level, text); });
      },
      [this, &io, ticket = writer_epoch_.ticket()] {
        boost::asio::post(io, [this, ticket] {
          if (!ticket.valid()) return;
          on_change();
          host_.settle();
        });
      });
}

void FileCollector::on_change() {
  if (!writer_) return;
  const WriterProgress now = writer_->progress();
  settle(now);
  if (!is_over()) follow(now);
  waits_for_room_ = false;
  pump();
}

void FileCollector::follow(const WriterProgress& now) {
  const bool is_trying = state() == CollectorState::connecting;
  const bool is_up = state() == CollectorState::up || state() == CollectorState::closing;
  switch (now.state) {
    case State::trying: return;
    case State::writing:
      if (is_trying) connection_up("");
      return;
    case State::failed:
      if (is_trying || is_up) fail(now);
      return;
    case State::ended:
      if (state() == CollectorState::closing) finish();
      return;
  }
}

/// Nobody will ever read standard output again.
void FileCollector::fail(const WriterProgress& now) {
  was_refused_ = true;
  const bool is_over = now.error == std::errc::broken_pipe && options_.file->path == "-";
  if (state() == CollectorState::up) {
    connection_lost(now.why);
  } else {
    note_error(now.why);
    if (!is_over) back_off();
  }
  if (is_over) give_up("nobody reads it any more");
}

void FileCollector::settle(const WriterProgress& now) {
  files_ = output_->published();
  const std::uint64_t written = now.written - settled_;
  if (written == 0) return;
  cursor_.doubts_sent(written);
  settled_ = now.written;
  was_refused_ = false;
  made_progress();
}

void FileCollector::write_due() {
  while (!waits_for_room_ && write_is_due()) {
    if (!put_some()) waits_for_room_ = true;
  }
  writer_->hand_over();
  if (!draining() || !is_done() || state() == CollectorState::closing) return;
  enter_state(CollectorState::closing);
  writer_->finish();
}

/// gives     false when there is no more room
bool FileCollector::put_some() {
  std::array<iovec, frames_at_a_time> frames;
  const std::size_t count = cursor_.gather_frames(frames);
  std::size_t taken = 0;
  while (taken < count && writer_->put(frame_of(frames[taken]))) ++taken;
  cursor_.handed_over(taken, wall_time_us());
  return taken == count;
}

void FileCollector::wait_while_down() {
  const bool may_wait = options_.producers_wait || !was_refused_;
  if (!may_wait && cursor_.kept_share() > crowded_share)
    cursor_.lose_waiting(&DeliveryLosses::disk);
}

/// What the writer has is written now or never.
bool FileCollector::end_threads() {
  if (!writer_) return true;
  writer_->end();
  if (!writer_->has_ended()) return false;
  settle(writer_->progress());
  writer_epoch_.end();
  writer_.reset();
  return true;
}

/// What it has may come to be in the file yet.
void FileCollector::leave_threads() {
  settle(writer_->progress());
  const std::string& path = options_.file->path;
  host_.report(EventLevel::error, name() + ": " + (path == "-" ? "standard output" : path) +
                                      " does not answer, and is waited for no more: " +
                                      std::to_string(cursor_.counters().in_doubt) +
                                      " frames for it are lost");
  FrameWriter::let_go(std::move(writer_));
}

void FileCollector::drop_doubts() {
  cursor_.doubts_lost(cursor_.counters().in_doubt, &DeliveryLosses::disk);
}

}  // namespace heptap
