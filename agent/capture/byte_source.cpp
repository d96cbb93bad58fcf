#include "agent/capture/byte_source.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <new>
#include <utility>

namespace heptap {
namespace {
// Room before each read for the start of a record: as long as it suffices, reads stay read_bytes
// long and aligned in the file.
constexpr std::size_t tail_bytes = std::size_t{64} * 1024;
}  // namespace

ByteSource::ByteSource(std::unique_ptr<ByteStream> stream)
    : stream_(std::move(stream)),
      buffer_(std::make_unique_for_overwrite<std::uint8_t[]>(tail_bytes + read_bytes)),
      capacity_(tail_bytes + read_bytes),
      window_(buffer_.get(), 0) {}

bool ByteSource::skip(std::uint64_t count) noexcept {
  while (count > 0) {
    const auto step = std::min<std::uint64_t>(count, at_least(1).size());
    if (step == 0) return false;
    consume(static_cast<std::size_t>(step));
    count -= step;
  }
  return true;
}

Bytes ByteSource::refill(std::size_t count) noexcept {
  if (ended_ || !make_room(count)) return window_;
  std::size_t filled = window_.size();  // the window starts where the buffer does
  while (filled < count && !ended_) {
    const std::size_t room = std::min(capacity_ - filled, std::max(read_bytes, count - filled));
    const std::size_t got = stream_->read_some({buffer_.get() + filled, room});
    ended_ = got == 0;
    filled += got;
  }
  window_ = {buffer_.get(), filled};
  return window_;
}

/// Moves the window to the start of a buffer of at least `count` bytes.
bool ByteSource::make_room(std::size_t count) noexcept {
  assert(count <= max_window_bytes);
  std::unique_ptr<std::uint8_t[]> larger;
  if (count > capacity_) {
    const std::size_t capacity = std::min(std::max(count, 2 * capacity_), max_window_bytes);
    try {
      larger = std::make_unique_for_overwrite<std::uint8_t[]>(capacity);
    } catch (const std::bad_alloc&) {
      failure_ = {"no memory for a record of this length"};
      ended_ = true;
      return false;
    }
    capacity_ = capacity;
  }
  std::uint8_t* const to = larger ? larger.get() : buffer_.get();
  if (!window_.empty()) std::memmove(to, window_.data(), window_.size());
  window_ = {to, window_.size()};
  if (larger) buffer_ = std::move(larger);
  return true;
}

}  // namespace heptap
