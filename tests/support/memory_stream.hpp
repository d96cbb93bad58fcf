#pragma once

#include <algorithm>
#include <cstring>

#include "agent/capture/byte_stream.hpp"
#include "proto/bytes.hpp"

namespace heptap::test {

/// Borrowed bytes as a stream that gives at most `step` of them a read, and may fail at their end.
class MemoryStream final : public ByteStream {
 public:
  explicit MemoryStream(Bytes in, std::size_t step = SIZE_MAX, StreamFailure failure = {})
      : rest_(in), step_(step), failure_(failure) {}

  [[nodiscard]] std::size_t read_some(std::span<std::uint8_t> into) noexcept override {
    const std::size_t count = std::min({into.size(), step_, rest_.size()});
    if (count != 0) std::memcpy(into.data(), rest_.data(), count);
    rest_ = rest_.subspan(count);
    read_ += count;
    return count;
  }
  [[nodiscard]] StreamFailure failure() const noexcept override {
    return rest_.empty() ? failure_ : StreamFailure{};
  }
  [[nodiscard]] std::uint64_t file_bytes() const noexcept override { return read_; }

 private:
  Bytes rest_;
  std::size_t step_;
  StreamFailure failure_;
  std::uint64_t read_ = 0;
};

}  // namespace heptap::test
