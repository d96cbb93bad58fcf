#include "transport/file/output_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace heptap {
namespace {

constexpr mode_t group_may_read = 0640;

std::error_code last_error() noexcept { return {errno, std::generic_category()}; }

}  // namespace

std::error_code OutputFile::create(int folder, const std::string& name) {
  close();
  descriptor_ = ::openat(folder, name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
                         group_may_read);
  size_ = 0;
  return is_open() ? std::error_code() : last_error();
}

bool OutputFile::is_gone() const noexcept {
  struct stat status {};
  return ::fstat(descriptor_, &status) == 0 && status.st_nlink == 0;
}

std::error_code OutputFile::append(std::span<const char> bytes) noexcept {
  std::uint64_t end = size_;
  while (!bytes.empty()) {
    const auto count = ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(end));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) {
      const auto error = count < 0 ? last_error() : std::make_error_code(std::errc::io_error);
      [[maybe_unused]] const int cut = ::ftruncate(descriptor_, static_cast<off_t>(size_));
      return error;
    }
    bytes = bytes.subspan(static_cast<std::size_t>(count));
    end += static_cast<std::uint64_t>(count);
  }
  size_ = end;
  return {};
}

std::error_code OutputFile::sync() noexcept {
  return ::fdatasync(descriptor_) == 0 ? std::error_code() : last_error();
}

void OutputFile::close() noexcept {
  if (is_open()) ::close(std::exchange(descriptor_, -1));
}

}  // namespace heptap
