#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace heptap {

/// Why a stream stopped before its end. No reason: it did not.
struct StreamFailure {
  std::string_view reason;  ///< static storage
  int error_number = 0;  ///< errno of the read that failed; 0 when the bytes themselves are wrong

  explicit operator bool() const noexcept { return !reason.empty(); }
};

/// Bytes in order, as read(2) gives them. Streams stack: a GzipStream reads from a FileStream.
class ByteStream {
 public:
  ByteStream() = default;
  ByteStream(const ByteStream&) = delete;
  ByteStream& operator=(const ByteStream&) = delete;
  virtual ~ByteStream() = default;

  /// Waits for at least one byte. `into` is not empty.
  /// gives     how many bytes were put there; 0 at the end and after a failure, for good
  [[nodiscard]] virtual std::size_t read_some(std::span<std::uint8_t> into) noexcept = 0;

  [[nodiscard]] virtual StreamFailure failure() const noexcept = 0;

  /// gives     how much of the file at the bottom has been used (before any decompression)
  [[nodiscard]] virtual std::uint64_t file_bytes() const noexcept = 0;
};

}  // namespace heptap
