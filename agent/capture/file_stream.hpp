#pragma once

#include <functional>
#include <string>

#include "agent/capture/byte_stream.hpp"

namespace heptap {

/// What may happen while a pipe, FIFO or terminal has nothing to give yet. A regular file never
/// waits.
struct InputWait {
  std::function<void()> before = {};  ///< called before each wait
  int stop_fd = -1;                   ///< once it is readable, the stream ends; -1: none
};

/// A file, FIFO or standard input, read straight into the caller's buffer.
class FileStream final : public ByteStream {
 public:
  /// path      "-" is standard input, which is not closed
  /// errors    CaptureError::Kind::unavailable
  explicit FileStream(const std::string& path, InputWait wait = {});
  ~FileStream() override;

  [[nodiscard]] std::size_t read_some(std::span<std::uint8_t> into) noexcept override;
  [[nodiscard]] StreamFailure failure() const noexcept override { return failure_; }
  [[nodiscard]] std::uint64_t file_bytes() const noexcept override { return read_bytes_; }

  /// gives     the size of a regular file; 0 for anything else: unknown
  [[nodiscard]] std::uint64_t size_bytes() const noexcept { return size_bytes_; }

 private:
  [[nodiscard]] bool wait_readable() noexcept;

  int fd_;
  InputWait wait_;
  bool may_wait_ = true;
  std::uint64_t size_bytes_ = 0;
  std::uint64_t read_bytes_ = 0;
  StreamFailure failure_;
};

}  // namespace heptap
