#include "agent/capture/live_capture.hpp"

#include <algorithm>
#include <thread>

namespace heptap {
namespace {

constexpr std::chrono::milliseconds retry_every{1000};
constexpr std::chrono::milliseconds longest_wait{100};  // counters and clocks go on without packets
constexpr std::chrono::milliseconds longest_close{1000};  // while packets go on coming
constexpr std::size_t packets_a_turn = 4096;              // of one interface, while others wait

LiveCounts sum(const LiveCounts& a, const LiveCounts& b) noexcept {
  return {.received = a.received + b.received,
          .kernel_dropped = a.kernel_dropped + b.kernel_dropped,
          .interface_dropped = a.interface_dropped + b.interface_dropped,
          .read = a.read + b.read};
}

}  // namespace

LiveCapture::LiveCapture(std::vector<LiveOptions> interfaces, OnEvent on_event)
    : on_event_(std::move(on_event)) {
  for (LiveOptions& options : interfaces) {
    Port& port = ports_.emplace_back();
    port.counts.name = options.label.empty() ? options.interface : options.label;
    port.options = std::move(options);
  }
}

void LiveCapture::open() {
  for (Port& port : ports_) {
    if (open(port) == CaptureError::Kind::not_permitted) {
      throw CaptureError(CaptureError::Kind::not_permitted, port.last_error);
    }
  }
}

std::optional<CaptureError::Kind> LiveCapture::open(Port& port) {
  port.next_try = Clock::now() + retry_every;
  try {
    port.source = std::make_unique<LiveSource>(port.options);
  } catch (const CaptureError& error) {
    if (port.last_error != error.what()) on_event_(true, std::string(error.what()) + "; waiting");
    port.last_error = error.what();
    return error.kind();
  }
  port.counts.is_open = true;
  on_event_(false, port.counts.name + ": capturing");
  return std::nullopt;
}

void LiveCapture::wait(int stop_fd) {
  fds_.assign(1, {stop_fd, POLLIN, 0});
  for (const Port& port : ports_) {
    if (port.source) fds_.push_back({port.source->fd(), POLLIN, 0});
  }
  ::poll(fds_.data(), fds_.size(), static_cast<int>(longest_wait.count()));
}

std::size_t LiveCapture::read(const LiveSource::Take& take) {
  std::size_t count = 0;
  for (Port& port : ports_) {
    if (!port.source && Clock::now() >= port.next_try) (void)open(port);
    if (port.source) count += read(port, take);
  }
  return count;
}

std::size_t LiveCapture::read(Port& port, const LiveSource::Take& take) {
  try {
    return port.source->read(packets_a_turn, take);
  } catch (const CaptureError& error) {
    lose(port, error.what());
    return 0;
  }
}

void LiveCapture::close(const LiveSource::Take& take) {
  std::this_thread::sleep_for(2 * LiveSource::longest_delay);
  const auto deadline = Clock::now() + longest_close;
  for (Port& port : ports_) {
    while (port.source && read(port, take) != 0 && Clock::now() < deadline) {
    }
    close(port);
  }
}

void LiveCapture::close(Port& port) {
  update(port);
  port.counts.lost_at_close += port.counts.held();
  port.before = port.counts.packets;
  port.source.reset();
  port.counts.is_open = false;
}

void LiveCapture::lose(Port& port, const std::string& why) {
  close(port);
  ++port.counts.times_lost;
  port.last_error.clear();
  port.next_try = Clock::now();
  on_event_(true, why + "; waiting");
}

void LiveCapture::update(Port& port) {
  if (port.source) port.counts.packets = sum(port.before, port.source->counts());
}

void LiveCapture::set_filter(const KernelFilterOptions& options) {
  for (Port& port : ports_) {
    port.options.filter = options;
    try {
      if (port.source) port.source->set_filter(options);
    } catch (const CaptureError& error) {
      on_event_(true, error.what());
    }
  }
}

bool LiveCapture::is_capturing() const noexcept {
  return std::any_of(ports_.begin(), ports_.end(),
                     [](const Port& port) { return port.source != nullptr; });
}

std::vector<InterfaceCounts> LiveCapture::counts() {
  std::vector<InterfaceCounts> all;
  for (Port& port : ports_) {
    update(port);
    all.push_back(port.counts);
  }
  return all;
}

}  // namespace heptap
