#pragma once

#include "transport/file/file_counters.hpp"
#include "transport/file/file_options.hpp"
#include "transport/frame_records.hpp"

#include <chrono>
#include <cstdint>
#include <ctime>
#include <functional>
#include <memory>
#include <string>
#include <system_error>

namespace heptap {

/// Where the frames of a collector are written to. Used by one thread, which it may hold up.
class FileOutput {
 public:
  struct Now {
    std::chrono::steady_clock::time_point steady;
    std::time_t wall = 0;
  };
  /// Told what went wrong beside the writing, one line.
  using Warn = std::function<void(const std::string&)>;

  FileOutput() = default;
  FileOutput(const FileOutput&) = delete;
  FileOutput& operator=(const FileOutput&) = delete;
  virtual ~FileOutput() = default;

  /// gives     no error when something could be written now, as far as one can tell without
  [[nodiscard]] virtual std::error_code check() = 0;
  /// Writes all frames. After an error, call it with the same frames again, and they are written once.
  [[nodiscard]] virtual std::error_code write(const FrameRecords& frames, Now now) = 0;
  /// To be called now and then: ends what has become too old.
  virtual void look(Now now) = 0;
  /// Ends what is being written. The disk has it then.
  virtual void close() = 0;
  /// Ends a write() that waits for a reader, now or later. Any thread may call it.
  virtual void cancel() noexcept {}

  /// gives     what an error was about
  [[nodiscard]] virtual const std::string& place() const noexcept = 0;
  [[nodiscard]] virtual FileCounters counters() const noexcept = 0;
};

/// gives     standard output for the path "-", an open descriptor, a device or a pipe as it is, else files
[[nodiscard]] std::unique_ptr<FileOutput> make_file_output(const FileOptions& options,
                                                           FileOutput::Warn warn);

}  // namespace heptap
