#pragma once

#include <chrono>

namespace heptap {

/// Turns SIGINT and SIGTERM into a flag while it lives; the second one ends the process as usual.
/// At most one at a time.
class StopSignal {
 public:
  StopSignal();
  ~StopSignal();
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;

  [[nodiscard]] bool requested() const noexcept;

  /// Sleeps until `due`, or until a signal comes.
  void sleep_until(std::chrono::steady_clock::time_point due) const noexcept;
};

}  // namespace heptap
