#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "agent/capture/byte_stream.hpp"
#include "proto/bytes.hpp"

namespace heptap {

/// A window that slides over a stream. Records are read where they lie: the only bytes ever moved
/// are the incomplete record at the end of the buffer, when more is read behind it.
class ByteSource {
 public:
  /// One read. Large enough that the system call vanishes (64 KiB costs 10 % more a record), small
  /// enough that what was read is still in the second-level cache when it is parsed.
  static constexpr std::size_t read_bytes = std::size_t{256} * 1024;
  /// The largest window that can be asked for: a record of 16 MiB and what is wrapped around it.
  static constexpr std::size_t max_window_bytes = (std::size_t{16} * 1024 + 64) * 1024;

  explicit ByteSource(std::unique_ptr<ByteStream> stream);

  /// Makes `count` bytes (at most max_window_bytes) lie in one piece.
  /// gives     all that is buffered; fewer than `count` only when the stream ends or fails there
  /// lifetime  until the next call that is not consume()
  [[nodiscard]] Bytes at_least(std::size_t count) noexcept {
    return window_.size() >= count ? window_ : refill(count);
  }

  /// Steps over bytes of the window.
  void consume(std::size_t count) noexcept {
    window_ = window_.subspan(count);
    offset_ += count;
  }

  /// Steps over bytes that need not fit the window.
  /// gives     false when the stream ended or failed before
  [[nodiscard]] bool skip(std::uint64_t count) noexcept;

  [[nodiscard]] std::size_t buffered() const noexcept { return window_.size(); }
  /// gives     how many bytes of the stream have been consumed
  [[nodiscard]] std::uint64_t offset() const noexcept { return offset_; }
  [[nodiscard]] StreamFailure failure() const noexcept {
    return failure_ ? failure_ : stream_->failure();
  }
  [[nodiscard]] std::uint64_t file_bytes() const noexcept { return stream_->file_bytes(); }

 private:
  [[nodiscard]] Bytes refill(std::size_t count) noexcept;
  [[nodiscard]] bool make_room(std::size_t count) noexcept;

  std::unique_ptr<ByteStream> stream_;
  std::unique_ptr<std::uint8_t[]> buffer_;
  std::size_t capacity_;
  Bytes window_;  // the part of buffer_ not yet consumed
  std::uint64_t offset_ = 0;
  bool ended_ = false;
  StreamFailure failure_;
};

}  // namespace heptap
