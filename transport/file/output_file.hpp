#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <system_error>

namespace heptap {

/// A regular file that only grows, and only by whole pieces. Errors are what the kernel says.
class OutputFile {
 public:
  OutputFile() = default;
  ~OutputFile() { close(); }
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  /// Makes a file that is not there yet; its group may read it.
  /// folder    a descriptor
  [[nodiscard]] std::error_code create(int folder, const std::string& name);
  [[nodiscard]] bool is_open() const noexcept { return descriptor_ >= 0; }
  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
  /// gives     true when somebody has removed it: what is written goes nowhere
  [[nodiscard]] bool is_gone() const noexcept;

  /// Appends all, or nothing.
  [[nodiscard]] std::error_code append(std::span<const char> bytes) noexcept;
  /// Returns when its content, and its length, are on the disk.
  [[nodiscard]] std::error_code sync() noexcept;
  void close() noexcept;

 private:
  int descriptor_ = -1;
  std::uint64_t size_ = 0;
};

}  // namespace heptap
