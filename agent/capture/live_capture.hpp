#pragma once

#include <poll.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/capture/live_source.hpp"

namespace heptap {

/// What became of the packets of one interface, over all the times it was opened.
struct InterfaceCounts {
  std::string name;
  bool is_open = false;
  LiveCounts packets;
  std::uint64_t lost_at_close = 0;  ///< in the kernel's ring when the interface went away
  std::uint64_t times_lost = 0;     ///< it was open, and went away

  /// gives     in the kernel's ring now
  [[nodiscard]] std::uint64_t held() const noexcept {
    const std::uint64_t gone = packets.kernel_dropped + packets.read + lost_at_close;
    return packets.received > gone ? packets.received - gone : 0;
  }
};

/// The packets of several interfaces. One that is not there, or goes away, is tried again each second.
/// One thread uses it.
class LiveCapture {
 public:
  using Clock = std::chrono::steady_clock;
  /// What happens to interfaces, for the log. is_bad: packets are not captured.
  using OnEvent = std::function<void(bool is_bad, const std::string& text)>;

  LiveCapture(std::vector<LiveOptions> interfaces, OnEvent on_event);

  /// Opens all that are there.
  /// errors    CaptureError, when we are not permitted to. Later on that is waited for, too: who
  ///           has given up the capability captures on with what is left
  void open();

  /// Waits until there are packets, `stop_fd` is readable, or it is time to try interfaces again.
  void wait(int stop_fd);

  /// Gives what the kernel has ready of each interface, and tries again those that are due.
  /// gives     how many packets there were
  std::size_t read(const LiveSource::Take& take);

  /// Gives what came until now, and closes all. What comes meanwhile is lost_at_close.
  void close(const LiveSource::Take& take);

  /// Exchanges the filter of all interfaces, now and whenever they are opened again. No packet is lost by
  /// that; what cannot be exchanged stays as it was, and is said so.
  void set_filter(const KernelFilterOptions& options);

  /// gives     whether any interface is open
  [[nodiscard]] bool is_capturing() const noexcept;

  /// Asks the kernel.
  [[nodiscard]] std::vector<InterfaceCounts> counts();

 private:
  struct Port {
    LiveOptions options;
    std::unique_ptr<LiveSource> source;  // null: not there
    Clock::time_point next_try;
    InterfaceCounts counts;
    LiveCounts before;  // of the times before this one
    std::string last_error;
  };

  std::optional<CaptureError::Kind> open(Port& port);
  std::size_t read(Port& port, const LiveSource::Take& take);
  static void update(Port& port);
  static void close(Port& port);
  void lose(Port& port, const std::string& why);

  std::vector<Port> ports_;
  std::vector<pollfd> fds_;  // of the present wait()
  OnEvent on_event_;
};

}  // namespace heptap
