#include "transport/file/file_writer.hpp"

#include <signal.h>

#include <ctime>
#include <utility>

namespace heptap {
namespace {

using State = FileProgress::State;
constexpr std::chrono::milliseconds look_every{250};

FileOutput::Now now() {
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

FileWriter::FileWriter(const FileOptions& options, std::string name, EventSink events,
                       std::function<void()> changed)
    : DiskThread(std::move(name), std::move(events), std::move(changed)),
      output_(make_file_output(
          options, [this](const std::string& text) { tell(EventLevel::warning, text); })) {
  begin([this] { run(); });
}

void FileWriter::try_again() {
  {
    const std::lock_guard lock(mutex_);
    if (progress_.state != State::ended) progress_.state = State::trying;
  }
  asked_.notify_one();
  inbox_.wake();
}

FileProgress FileWriter::progress() {
  const std::lock_guard lock(mutex_);
  is_told_ = false;
  return progress_;
}

void FileWriter::finish() {
  {
    const std::lock_guard lock(mutex_);
    ends_ = true;
  }
  asked_.notify_one();
  inbox_.wake();
}

void FileWriter::end() {
  finish();
  output_->cancel();
  join();
}

bool FileWriter::end_within(std::chrono::milliseconds longest) {
  finish();
  output_->cancel();
  return ends_within(longest);
}

void FileWriter::run() {
  block_sigpipe();
  FrameInbox::Block block;
  while (true) {
    const bool ends = ends_;  // what was put before is in the inbox
    if (!block) block = inbox_.take(ends ? std::chrono::milliseconds(0) : look_every);
    if (!block && ends) break;
    if (step(block) && !wait_to_try_again()) break;
  }
  output_->close();
  note_end();
}

/// Writes the block and takes it away, or looks whether it could write one.
std::error_code FileWriter::step(FrameInbox::Block& block) {
  std::error_code error;
  std::uint64_t written = 0;
  if (block) {
    error = output_->write(*block, now());
    if (!error) {
      written = block->frames();
      inbox_.recycle(std::move(block));
    }
  } else {
    output_->look(now());
    if (is_asked()) error = output_->check();
  }
  note(error, written);
  return error;
}

bool FileWriter::is_asked() {
  const std::lock_guard lock(mutex_);
  return progress_.state == State::trying;
}

/// gives     false when nobody wants it any more
bool FileWriter::wait_to_try_again() {
  std::unique_lock lock(mutex_);
  asked_.wait(lock, [this] { return ends_ || progress_.state == State::trying; });
  return !ends_;
}

void FileWriter::note(const std::error_code& error, std::uint64_t written) {
  const State state = error ? State::failed : State::writing;
  {
    const std::lock_guard lock(mutex_);
    const bool is_news = written != 0 || progress_.state != state;
    progress_.state = state;
    progress_.written += written;
    progress_.error = error;
    progress_.why = error ? output_->place() + ": " + error.message() : "";
    progress_.files = output_->counters();
    if (!is_news || std::exchange(is_told_, true)) return;
  }
  tell_of_change();
}

void FileWriter::note_end() {
  const std::lock_guard lock(mutex_);
  progress_.state = State::ended;
  is_told_ = true;  // at the end of the thread
}

}  // namespace heptap
