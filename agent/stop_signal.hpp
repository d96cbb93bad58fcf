#pragma once

#include <chrono>

namespace heptap {

/// Turns SIGINT and SIGTERM into a flag and a readable descriptor while it lives; the second one
/// ends the process as usual. At most one at a time.
class StopSignal {
 public:
  /// errors    std::system_error when the process has no file descriptor left
  StopSignal();
  ~StopSignal();
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;

  [[nodiscard]] bool requested() const noexcept;
  /// As the signal does.
  void request() noexcept;
  /// gives     an eventfd, readable from the first signal on. Leave what is in it.
  [[nodiscard]] int fd() const noexcept;

  /// Sleeps until `due`, or until a signal comes.
  void sleep_until(std::chrono::steady_clock::time_point due) const noexcept;
};

}  // namespace heptap
