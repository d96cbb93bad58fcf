#pragma once

#include "transport/file/file_counters.hpp"
#include "transport/file/file_options.hpp"
#include "transport/frame_sink.hpp"

#include <memory>
#include <mutex>

namespace heptap {

/// Where the frames of a collector are written to. When it is closed the disk has them.
class FileOutput : public FrameSink {
 public:
  void publish() final;
  /// gives     counters as they were published last. Any thread may call it.
  [[nodiscard]] FileCounters published() const;
  [[nodiscard]] virtual FileCounters counters() const noexcept = 0;

 private:
  mutable std::mutex mutex_;
  FileCounters published_;
};

/// gives     standard output for the path "-", an open descriptor, a device or a pipe as it is, else files
[[nodiscard]] std::unique_ptr<FileOutput> make_file_output(const FileOptions& options,
                                                           FileOutput::Warn warn);

}  // namespace heptap
