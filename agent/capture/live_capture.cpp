#include "agent/capture/live_capture.hpp"

#include <poll.h>

#include <array>
#include <string_view>
#include <thread>
#include <utility>

namespace heptap {
namespace {

constexpr std::chrono::milliseconds look_every{1000};   // at the link, or whether it is there
constexpr std::chrono::milliseconds longest_wait{100};  // counters and clocks go on without packets
constexpr std::chrono::milliseconds longest_close{1000};  // while packets go on coming
constexpr std::size_t packets_a_turn = 4096;              // of one interface, while others wait

std::string_view words_of(LinkState link) noexcept {
  switch (link) {
    case LinkState::up: break;
    case LinkState::down: return "is down; waiting";
    case LinkState::no_carrier: return "has no link; waiting";
  }
  return "capturing";
}

LiveCounts sum(const LiveCounts& a, const LiveCounts& b) noexcept {
  return {.received = a.received + b.received,
          .kernel_dropped = a.kernel_dropped + b.kernel_dropped,
          .interface_dropped = a.interface_dropped + b.interface_dropped,
          .read = a.read + b.read};
}

}  // namespace

LiveCapture::LiveCapture(LiveOptions options, OnEvent on_event)
    : options_(std::move(options)), on_event_(std::move(on_event)) {
  counts_.name = options_.label.empty() ? options_.interface : options_.label;
}

void LiveCapture::open() {
  if (try_to_open() == CaptureError::Kind::not_permitted) {
    throw CaptureError(CaptureError::Kind::not_permitted, last_error_);
  }
}

std::optional<CaptureError::Kind> LiveCapture::try_to_open() {
  next_try_ = Clock::now() + look_every;
  try {
    source_ = std::make_unique<LiveSource>(options_);
  } catch (const CaptureError& error) {
    if (last_error_ != error.what()) on_event_(true, std::string(error.what()) + "; waiting");
    last_error_ = error.what();
    return error.kind();
  }
  options_.compiled = source_->expression();
  counts_.is_open = true;
  link_ = LinkState::up;
  on_event_(false, counts_.name + ": capturing");
  return std::nullopt;
}

void LiveCapture::wait(int stop_fd) const {
  std::array<pollfd, 2> fds{{{stop_fd, POLLIN, 0}, {source_ ? source_->fd() : -1, POLLIN, 0}}};
  ::poll(fds.data(), fds.size(), static_cast<int>(longest_wait.count()));
}

std::size_t LiveCapture::read(const LiveSource::Take& take) {
  if (Clock::now() >= next_try_) source_ ? look_at_link() : (void)try_to_open();
  if (!source_) return 0;
  try {
    return source_->read(packets_a_turn, take);
  } catch (const CaptureError& error) {
    lose(error.what(), take);
    return 0;
  }
}

// The handle stays: what comes when the link is back is captured at once.
void LiveCapture::look_at_link() {
  next_try_ = Clock::now() + look_every;
  const LinkState now = source_->link();
  if (now == link_) return;
  link_ = now;
  counts_.is_open = now == LinkState::up;
  on_event_(!counts_.is_open, counts_.name + ": " + std::string(words_of(now)));
}

void LiveCapture::close(const LiveSource::Take& take) {
  if (!source_) return;
  drain(take);
  close();
}

// The kernel gives the last packets when longest_delay is over, also when the interface is gone.
void LiveCapture::drain(const LiveSource::Take& take) {
  const auto deadline = Clock::now() + longest_close;
  while (counts().held() > 0 && Clock::now() < deadline) {
    try {
      if (source_->read(packets_a_turn, take) > 0) continue;
    } catch (const CaptureError&) {  // again or now
    }
    std::this_thread::sleep_for(LiveSource::longest_delay / 10);
  }
}

void LiveCapture::close() {
  (void)counts();
  counts_.lost_at_close += counts_.held();
  before_ = counts_.packets;
  source_.reset();
  counts_.is_open = false;
}

void LiveCapture::lose(const std::string& why, const LiveSource::Take& take) {
  close(take);
  ++counts_.times_lost;
  last_error_.clear();
  next_try_ = Clock::now();
  on_event_(true, why + "; waiting");
}

void LiveCapture::set_filter(const KernelFilterOptions& options) {
  options_.filter = options;
  try {
    if (source_) source_->set_filter(options);
  } catch (const CaptureError& error) {
    on_event_(true, error.what());
  }
}

const InterfaceCounts& LiveCapture::counts() {
  if (source_) counts_.packets = sum(before_, source_->counts());
  return counts_;
}

}  // namespace heptap
