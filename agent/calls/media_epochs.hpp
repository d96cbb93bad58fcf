#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "agent/calls/media_match.hpp"

namespace heptap {

/// Counts changes of what is known of addresses, many addresses to a counter. Any thread may use it.
class MediaEpochs {
 public:
  void bump(std::uint64_t key) noexcept {
    counters_[place_of(key)].fetch_add(1, std::memory_order_release);
  }

  /// What is_current() compares with. Taken before the search whose result it watches.
  [[nodiscard]] MediaWatch watch(std::uint64_t source_key,
                                 std::uint64_t destination_key) const noexcept {
    MediaWatch out{.source = place_of(source_key), .destination = place_of(destination_key)};
    out.seen = sum(out);
    return out;
  }

  [[nodiscard]] bool is_current(const MediaWatch& watch) const noexcept {
    return sum(watch) == watch.seen;
  }

 private:
  static constexpr std::size_t count = 1U << 16U;

  // Not the bits that choose shards and chains.
  static std::uint16_t place_of(std::uint64_t key) noexcept {
    return static_cast<std::uint16_t>(key >> 40U);
  }
  [[nodiscard]] std::uint32_t sum(const MediaWatch& watch) const noexcept {
    return counters_[watch.source].load(std::memory_order_acquire) +
           counters_[watch.destination].load(std::memory_order_acquire);
  }

  std::unique_ptr<std::atomic<std::uint32_t>[]> counters_ =
      std::make_unique<std::atomic<std::uint32_t>[]>(count);
};

}  // namespace heptap
