#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <system_error>

namespace heptap {

/// An open file, or folder, of a spool. Errors are what the kernel says.
class SpoolFile {
 public:
  SpoolFile() = default;
  ~SpoolFile();
  SpoolFile(SpoolFile&& other) noexcept;
  SpoolFile& operator=(SpoolFile&& other) noexcept;
  SpoolFile(const SpoolFile&) = delete;
  SpoolFile& operator=(const SpoolFile&) = delete;

  /// folder    a descriptor, or AT_FDCWD
  /// flags     as of open(2)
  [[nodiscard]] std::error_code open(int folder, const std::string& name, int flags);
  [[nodiscard]] bool is_open() const noexcept { return descriptor_ >= 0; }
  [[nodiscard]] int descriptor() const noexcept { return descriptor_; }

  /// From now on writes go past the page cache, where the file system can do that. Their memory, sizes
  /// and offsets are whole pages.
  void write_directly() noexcept;

  /// Writes all, or says why not.
  [[nodiscard]] std::error_code write(std::span<const std::uint8_t> bytes, std::uint64_t offset);
  /// gives     how many bytes could be read: fewer at the end of the file, or after an error
  [[nodiscard]] std::size_t read(std::span<std::uint8_t> bytes,
                                 std::uint64_t offset) const noexcept;
  /// gives     0 when it cannot be told
  [[nodiscard]] std::uint64_t size() const noexcept;
  std::error_code truncate(std::uint64_t size) noexcept;
  /// Returns when its content, and its length, are on the disk.
  std::error_code sync() noexcept;

 private:
  [[nodiscard]] bool write_by_page_cache() noexcept;

  int descriptor_ = -1;
  bool direct_ = false;
};

}  // namespace heptap
