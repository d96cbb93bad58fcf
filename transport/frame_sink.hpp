#pragma once

#include "transport/frame_records.hpp"

#include <chrono>
#include <ctime>
#include <functional>
#include <string>
#include <system_error>

namespace heptap {

/// Where the frames of a FrameWriter go. Used by its thread, which it may hold up.
class FrameSink {
 public:
  struct Now {
    std::chrono::steady_clock::time_point steady;
    std::time_t wall = 0;
  };
  /// Told what went wrong beside the writing, one line.
  using Warn = std::function<void(const std::string&)>;

  FrameSink() = default;
  FrameSink(const FrameSink&) = delete;
  FrameSink& operator=(const FrameSink&) = delete;
  virtual ~FrameSink() = default;

  /// gives     no error when something could be written now, as far as one can tell without
  [[nodiscard]] virtual std::error_code check() = 0;
  /// Writes all frames. After an error, call it with the same frames again, and they are written once.
  [[nodiscard]] virtual std::error_code write(const FrameRecords& frames, Now now) = 0;
  /// To be called now and then: ends what has become too old.
  virtual void look(Now now) = 0;
  /// Ends what is being written.
  virtual void close() = 0;
  /// Ends a write() that waits for others, now or later. Any thread may call it.
  virtual void cancel() noexcept {}
  /// What has been written is about to be told: so are counters.
  virtual void publish() {}

  /// gives     what an error was about
  [[nodiscard]] virtual const std::string& place() const noexcept = 0;
};

}  // namespace heptap
