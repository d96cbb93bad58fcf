#include "agent/capture/file_stream.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "agent/capture/capture_error.hpp"

namespace heptap {
namespace {

int open_to_read(const std::string& path) {
  if (path == "-") return STDIN_FILENO;
  // A FIFO would wait for its writer here, where no stop_fd is looked at.
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) {
    throw CaptureError(CaptureError::Kind::unavailable, path + ": " + std::strerror(errno));
  }
  return fd;
}

}  // namespace

FileStream::FileStream(const std::string& path, InputWait wait)
    : fd_(open_to_read(path)), wait_(std::move(wait)) {
  struct stat status {};
  if (::fstat(fd_, &status) == 0 && S_ISREG(status.st_mode)) {
    may_wait_ = false;
    size_bytes_ = static_cast<std::uint64_t>(status.st_size);
    ::posix_fadvise(fd_, 0, 0, POSIX_FADV_SEQUENTIAL);
  }
}

FileStream::~FileStream() {
  if (fd_ != STDIN_FILENO) ::close(fd_);
}

std::size_t FileStream::read_some(std::span<std::uint8_t> into) noexcept {
  while (!failure_ && (!may_wait_ || wait_readable())) {
    const ssize_t count = ::read(fd_, into.data(), into.size());
    if (count >= 0) {
      read_bytes_ += static_cast<std::uint64_t>(count);
      return static_cast<std::size_t>(count);
    }
    if (errno != EAGAIN && errno != EINTR) {
      const char* reason = ::strerrordesc_np(errno);
      failure_ = {reason != nullptr ? reason : "unknown error", errno};
    }
  }
  return 0;
}

/// gives     false when it is time to stop
bool FileStream::wait_readable() noexcept {
  std::array<pollfd, 2> wanted{{{fd_, POLLIN, 0}, {wait_.stop_fd, POLLIN, 0}}};
  const auto look = [&wanted](int timeout_ms) {
    int ready = 0;
    do {
      ready = ::poll(wanted.data(), wanted.size(), timeout_ms);
    } while (ready < 0 && errno == EINTR);
    return ready != 0;
  };
  if (!look(0)) {
    if (wait_.before) wait_.before();
    look(-1);
  }
  return wanted[1].revents == 0;
}

}  // namespace heptap
