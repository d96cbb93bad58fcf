#include "transport/frame_writer.hpp"

#include <signal.h>

#include <ctime>
#include <utility>

namespace heptap {
namespace {

using State = WriterProgress::State;
constexpr std::chrono::milliseconds look_every{250};

FrameSink::Now now() {
  return {.steady = std::chrono::steady_clock::now(), .wall = std::time(nullptr)};
}

/// A reader that has gone is an error of write(), not the end of the process.
void block_sigpipe() noexcept {
  sigset_t signals;
  ::sigemptyset(&signals);
  ::sigaddset(&signals, SIGPIPE);
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

}  // namespace

FrameWriter::FrameWriter(const MakeSink& make, std::string name, EventSink events,
                         std::function<void()> changed)
    : DiskThread(std::move(name), std::move(events), std::move(changed)),
      sink_(make([this](const std::string& text) { tell(EventLevel::warning, text); })) {
  begin([this] { run(); });
}

FrameWriter::~FrameWriter() {
  end();
  join();
}

void FrameWriter::try_again() {
  {
    const std::lock_guard lock(mutex_);
    if (progress_.state != State::ended) progress_.state = State::trying;
  }
  asked_.notify_one();
  inbox_.wake();
}

WriterProgress FrameWriter::progress() {
  const std::lock_guard lock(mutex_);
  is_told_ = false;
  return progress_;
}

void FrameWriter::finish() {
  {
    const std::lock_guard lock(mutex_);
    ends_ = true;
  }
  asked_.notify_one();
  inbox_.wake();
}

void FrameWriter::end() {
  finish();
  sink_->cancel();
}

void FrameWriter::let_go(std::unique_ptr<FrameWriter> one) {
  one->end();
  leave_behind(std::move(one));
}

FrameInbox::Block FrameWriter::take_rest() {
  return block_ ? std::move(block_) : inbox_.take(std::chrono::milliseconds(0));
}

void FrameWriter::run() {
  block_sigpipe();
  while (true) {
    const bool ends = ends_;  // what was put before is in the inbox
    if (!block_) block_ = inbox_.take(ends ? std::chrono::milliseconds(0) : look_every);
    if (!block_ && ends) break;
    if (step() && !wait_to_try_again()) break;
  }
  sink_->close();
  note_end();
}

/// Writes the block and takes it away, or looks whether it could write one.
std::error_code FrameWriter::step() {
  std::error_code error;
  std::uint64_t written = 0;
  if (block_) {
    error = sink_->write(*block_, now());
    if (!error) {
      written = block_->frames();
      inbox_.recycle(std::move(block_));
    }
  } else {
    sink_->look(now());
    if (is_asked()) error = sink_->check();
  }
  sink_->publish();
  note(error, written);
  return error;
}

bool FrameWriter::is_asked() {
  const std::lock_guard lock(mutex_);
  return progress_.state == State::trying;
}

/// gives     false when nobody wants it any more
bool FrameWriter::wait_to_try_again() {
  std::unique_lock lock(mutex_);
  asked_.wait(lock, [this] { return ends_ || progress_.state == State::trying; });
  return !ends_;
}

void FrameWriter::note(const std::error_code& error, std::uint64_t written) {
  const State state = error ? State::failed : State::writing;
  {
    const std::lock_guard lock(mutex_);
    const bool is_news = written != 0 || progress_.state != state;
    progress_.state = state;
    progress_.written += written;
    progress_.error = error;
    progress_.why = error ? sink_->place() + ": " + error.message() : "";
    if (!is_news || std::exchange(is_told_, true)) return;
  }
  tell_of_change();
}

void FrameWriter::note_end() {
  const std::lock_guard lock(mutex_);
  progress_.state = State::ended;
  is_told_ = true;  // at the end of the thread
}

}  // namespace heptap
