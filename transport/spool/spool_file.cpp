#include "transport/spool/spool_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace heptap {
namespace {

constexpr mode_t owner_alone = 0600;

std::error_code last_error() noexcept { return {errno, std::generic_category()}; }

}  // namespace

SpoolFile::~SpoolFile() {
  if (is_open()) ::close(descriptor_);
}

SpoolFile::SpoolFile(SpoolFile&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      direct_(std::exchange(other.direct_, false)) {}

SpoolFile& SpoolFile::operator=(SpoolFile&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(direct_, other.direct_);
  return *this;
}

std::error_code SpoolFile::open(int folder, const std::string& name, int flags) {
  SpoolFile file;
  file.descriptor_ = ::openat(folder, name.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, owner_alone);
  if (!file.is_open()) return last_error();
  *this = std::move(file);
  return {};
}

void SpoolFile::write_directly() noexcept {
  const int flags = ::fcntl(descriptor_, F_GETFL);
  direct_ = flags >= 0 && ::fcntl(descriptor_, F_SETFL, flags | O_DIRECT) == 0;
}

/// Some disks want larger pages than others, and a write may end within a page.
/// gives     false when it is done already
bool SpoolFile::write_by_page_cache() noexcept {
  if (!std::exchange(direct_, false)) return false;
  const int flags = ::fcntl(descriptor_, F_GETFL);
  return flags >= 0 && ::fcntl(descriptor_, F_SETFL, flags & ~O_DIRECT) == 0;
}

std::error_code SpoolFile::write(std::span<const std::uint8_t> bytes, std::uint64_t offset) {
  while (!bytes.empty()) {
    const auto size = ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && errno == EINVAL && write_by_page_cache()) continue;
    if (size < 0) return last_error();
    bytes = bytes.subspan(static_cast<std::size_t>(size));
    offset += static_cast<std::uint64_t>(size);
  }
  return {};
}

std::size_t SpoolFile::read(std::span<std::uint8_t> bytes, std::uint64_t offset) const noexcept {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const auto rest = bytes.subspan(done);
    const auto size =
        ::pread(descriptor_, rest.data(), rest.size(), static_cast<off_t>(offset + done));
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) break;
    done += static_cast<std::size_t>(size);
  }
  return done;
}

std::uint64_t SpoolFile::size() const noexcept {
  struct stat status {};
  return ::fstat(descriptor_, &status) == 0 ? static_cast<std::uint64_t>(status.st_size) : 0;
}

std::error_code SpoolFile::truncate(std::uint64_t size) noexcept {
  return ::ftruncate(descriptor_, static_cast<off_t>(size)) == 0 ? std::error_code() : last_error();
}

std::error_code SpoolFile::sync() noexcept {
  return ::fdatasync(descriptor_) == 0 ? std::error_code() : last_error();
}

}  // namespace heptap
