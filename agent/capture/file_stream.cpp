#include "agent/capture/file_stream.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "agent/capture/capture_error.hpp"

namespace heptap {
namespace {

int open_to_read(const std::string& path) {
  if (path == "-") return STDIN_FILENO;
  int fd = -1;
  do {
    fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  } while (fd < 0 && errno == EINTR);  // a FIFO waits here for its writer
  if (fd < 0) {
    throw CaptureError(CaptureError::Kind::unavailable, path + ": " + std::strerror(errno));
  }
  return fd;
}

/// Standard input may have been left non-blocking by whoever shares it.
void wait_readable(int fd) noexcept {
  pollfd wanted{fd, POLLIN, 0};
  ::poll(&wanted, 1, -1);
}

}  // namespace

FileStream::FileStream(const std::string& path) : fd_(open_to_read(path)) {
  struct stat status {};
  if (::fstat(fd_, &status) == 0 && S_ISREG(status.st_mode)) {
    size_bytes_ = static_cast<std::uint64_t>(status.st_size);
    ::posix_fadvise(fd_, 0, 0, POSIX_FADV_SEQUENTIAL);
  }
}

FileStream::~FileStream() {
  if (fd_ != STDIN_FILENO) ::close(fd_);
}

std::size_t FileStream::read_some(std::span<std::uint8_t> into) noexcept {
  while (!failure_) {
    const ssize_t count = ::read(fd_, into.data(), into.size());
    if (count >= 0) {
      read_bytes_ += static_cast<std::uint64_t>(count);
      return static_cast<std::size_t>(count);
    }
    if (errno == EAGAIN) {
      wait_readable(fd_);
    } else if (errno != EINTR) {
      const char* reason = ::strerrordesc_np(errno);
      failure_ = {reason != nullptr ? reason : "unknown error", errno};
    }
  }
  return 0;
}

}  // namespace heptap
