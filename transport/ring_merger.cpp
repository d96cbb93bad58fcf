// Collectors wait for so and so many bytes together, whichever ring they come from. Each of n inputs
// is asked to wake us at an n-th of them: when all of them stay below, so does the sum. A wake-up
// that was too early moves what is there, and asks for an n-th of the rest.
#include "transport/ring_merger.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <utility>

namespace heptap {
namespace {

constexpr std::size_t share_bytes = 64 * 1024;   // then the next input has its turn
constexpr std::size_t turn_bytes = 1024 * 1024;  // then collectors have theirs
constexpr std::uint64_t most_left_behind = FrameRing::min_bytes / 8;

}  // namespace

RingMerger::RingMerger(const std::vector<FrameRing*>& inputs, std::size_t output_bytes)
    : output_(output_bytes) {
  assert(!inputs.empty());
  for (FrameRing* const ring : inputs) inputs_.push_back({.ring = ring});
}

void RingMerger::move() noexcept {
  std::size_t moved = 0;
  for (std::size_t idle = 0; !full_ && idle < inputs_.size() && moved < turn_bytes;) {
    const auto bytes = move_some(inputs_[next_]);
    next_ = (next_ + 1) % inputs_.size();
    idle = bytes == 0 ? idle + 1 : 0;
    moved += bytes;
  }
  pass_on();
}

std::size_t RingMerger::move_some(Input& input) noexcept {
  std::size_t bytes = 0;
  auto sequence = input.ring->tail();
  for (const auto head = input.ring->head(); sequence < head && bytes < share_bytes; ++sequence) {
    const FrameSlot& frame = input.ring->slot(sequence);
    const auto space = output_.reserve(frame.size);
    if (space.empty()) {
      full_ = true;
      tail_when_full_ = output_.tail();
      break;
    }
    std::memcpy(space.data(), input.ring->bytes(frame), frame.size);
    output_.commit(frame.size, frame.collectors, frame.time_us);
    bytes += frame.size;
  }
  input.moved_bytes += bytes;
  input.ring->release_until(sequence);
  return bytes;
}

/// A full ring must not wait for a fuller write.
void RingMerger::pass_on() noexcept {
  bool flush = full_;
  for (Input& input : inputs_) {
    const auto flushed = std::min(input.ring->flush_mark(), input.ring->tail());
    if (flushed > std::exchange(input.flushed, flushed)) flush = true;
  }
  flush ? output_.flush() : output_.publish();
}

bool RingMerger::empty() const noexcept {
  return std::all_of(inputs_.begin(), inputs_.end(),
                     [](const Input& input) { return input.ring->tail() == input.ring->head(); });
}

void RingMerger::release_until(std::uint64_t sequence, bool may_wait) noexcept {
  output_.release_until(sequence);
  if (!may_wait) {
    for (const Input& input : inputs_) input.ring->nudge_producer();
  }
  if (!full_) return;
  const auto released = output_.tail() - tail_when_full_;
  const auto enough = may_wait ? (output_.head() - tail_when_full_) / 8 : 0;
  full_ = released == 0 || released < enough;
}

/// gives     true when frames were flushed that are still here, or `bytes` more are here
bool RingMerger::is_due(Input& input, std::uint64_t bytes) noexcept {
  input.seen_flush_mark = input.ring->flush_mark();
  return input.seen_flush_mark > input.ring->tail() ||
         input.ring->published_bytes() >= input.moved_bytes + bytes;
}

bool RingMerger::sleep_until(std::uint64_t position, std::uint64_t seen_flush_mark) noexcept {
  const auto here = output_.published_bytes();
  if (here >= position || output_.flush_mark() != seen_flush_mark) return false;
  if (full_) return true;
  const auto bytes =
      std::clamp<std::uint64_t>((position - here) / inputs_.size(), 1, most_left_behind);
  for (Input& input : inputs_) {
    if (is_due(input, bytes)) return false;
  }
  return std::all_of(inputs_.begin(), inputs_.end(), [&](const Input& input) {
    return input.ring->sleep_until(input.moved_bytes + bytes, input.seen_flush_mark);
  });
}

}  // namespace heptap
