#pragma once

#include "transport/file/file_form.hpp"

#include <chrono>
#include <cstdint>
#include <string>

namespace heptap {

/// When a file ends and another one begins, and which of them stay. 0: no limit.
struct FileLimits {
  std::uint64_t max_bytes = 0;      ///< of a file, on disk
  std::chrono::seconds max_age{0};  ///< of a file, since it was begun
  std::uint64_t max_files = 0;      ///< the one that is written included
  std::uint64_t total_bytes = 0;    ///< of all of them; max_bytes at least

  /// gives     whether there are several files, one after the other
  [[nodiscard]] bool rotates() const noexcept { return max_bytes != 0 || max_age.count() != 0; }
  bool operator==(const FileLimits&) const = default;
};

enum class FileCompression : std::uint8_t { none, zstd };

/// A collector that is files on this machine.
struct FileOptions {
  std::string
      path;  ///< see FileNames; "-": standard output; /dev/fd/N, a device or a pipe is written as it is
  MakeFileForm form = nullptr;
  FileLimits limits = {};
  FileCompression compression = FileCompression::none;

  bool operator==(const FileOptions&) const = default;
};

}  // namespace heptap
