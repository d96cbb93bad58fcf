#include "transport/file/file_output.hpp"

#include "transport/file/rotating_files.hpp"
#include "transport/file/stream_output.hpp"

#include <sys/stat.h>

#include <utility>

namespace heptap {

void FileOutput::publish() {
  const FileCounters now = counters();
  const std::lock_guard lock(mutex_);
  published_ = now;
}

FileCounters FileOutput::published() const {
  const std::lock_guard lock(mutex_);
  return published_;
}

std::unique_ptr<FileOutput> make_file_output(const FileOptions& options, FileOutput::Warn warn) {
  struct stat status {};
  const bool is_there = ::stat(options.path.c_str(), &status) == 0;
  const bool is_stream = is_there && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode);
  const bool is_descriptor = descriptor_of(options.path).has_value();
  if (is_descriptor || is_stream) return std::make_unique<StreamOutput>(options);
  return std::make_unique<RotatingFiles>(options, std::move(warn));
}

}  // namespace heptap
