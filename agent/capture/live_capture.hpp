#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "agent/capture/live_source.hpp"

namespace heptap {

/// What became of the packets of one interface, over all the times it was opened.
struct InterfaceCounts {
  std::string name;
  bool is_open = false;  ///< and its link is up
  LiveCounts packets;
  std::uint64_t lost_at_close = 0;  ///< in the kernel's ring when the interface went away
  std::uint64_t times_lost = 0;     ///< it was open, and went away

  /// gives     in the kernel's ring now
  [[nodiscard]] std::uint64_t held() const noexcept {
    const std::uint64_t gone = packets.kernel_dropped + packets.read + lost_at_close;
    return packets.received > gone ? packets.received - gone : 0;
  }
};

/// The packets of one interface. When it is not there, or goes away, it is tried again each second. One
/// thread uses it.
class LiveCapture {
 public:
  using Clock = std::chrono::steady_clock;
  /// What happens to the interface, for the log. is_bad: packets are not captured.
  using OnEvent = std::function<void(bool is_bad, const std::string& text)>;

  LiveCapture(LiveOptions options, OnEvent on_event);

  /// Opens it if it is there.
  /// errors    CaptureError, when we are not permitted to. Later on that is waited for, too: who
  ///           has given up the capability captures on with what is left
  void open();

  /// Waits until there are packets, `stop_fd` is readable, or it is time to try the interface again.
  void wait(int stop_fd) const;

  /// Gives what the kernel has ready, of an interface that goes away all there is; or tries it again
  /// when that is due.
  /// gives     how many packets there were
  std::size_t read(const LiveSource::Take& take);

  /// Gives what has come, and closes it. Should packets go on coming for a second, the last of them
  /// are lost_at_close.
  void close(const LiveSource::Take& take);

  /// What the kernel lets through from now on, now and when the interface comes back. When the filter
  /// of the open handle cannot be exchanged, it stays, which is an event.
  void set_filter(const KernelFilterOptions& options);

  /// Asks the kernel.
  [[nodiscard]] const InterfaceCounts& counts();

 private:
  std::optional<CaptureError::Kind> try_to_open();
  void close();
  void look_at_link();
  void drain(const LiveSource::Take& take);
  void lose(const std::string& why, const LiveSource::Take& take);

  LiveOptions options_;
  OnEvent on_event_;
  std::unique_ptr<LiveSource> source_;  // null: not there
  Clock::time_point next_try_;
  LinkState link_ = LinkState::up;
  InterfaceCounts counts_;
  LiveCounts before_;  // of the times before this one
  std::string last_error_;
};

}  // namespace heptap
