#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>

namespace heptap::test {

/// While it lives, opening the file waits in the kernel, as on a disk that hangs: somebody has a lease.
class HangingFile {
 public:
  explicit HangingFile(const std::filesystem::path& path)
      : file_(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
    ::fcntl(file_, F_SETSIG, SIGURG);  // tells of who waits, and is ignored
    REQUIRE(::fcntl(file_, F_SETLEASE, F_WRLCK) == 0);
  }
  ~HangingFile() { ::close(file_); }
  HangingFile(const HangingFile&) = delete;
  HangingFile& operator=(const HangingFile&) = delete;

  /// gives     whether somebody waits
  [[nodiscard]] bool is_wanted() const { return ::fcntl(file_, F_GETLEASE) != F_WRLCK; }

 private:
  int file_;
};

}  // namespace heptap::test
