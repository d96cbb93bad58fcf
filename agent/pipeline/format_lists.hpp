#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "agent/calls/media_match.hpp"
#include "proto/slot_index.hpp"

namespace heptap {

/// The payload types that SDP gives to streams. Most calls of a network have the same few lists, so
/// each list is kept once, as long as a stream holds it. One thread uses it; all is allocated at the
/// start.
class FormatLists {
 public:
  using Id = std::uint16_t;
  static constexpr Id none = 0xffff;
  static constexpr std::size_t max_lists = 4096;

  explicit FormatLists(std::uint64_t seed);

  /// formats   at most MediaMatch::max_formats
  /// gives     the list, which has one more holder; none: an empty one, or too many are held already
  [[nodiscard]] Id hold(std::span<const PayloadFormat> formats) noexcept;

  /// id        of hold(), or none
  void release(Id id) noexcept;

  /// gives     nothing for what is not in the list
  [[nodiscard]] std::optional<PayloadFormat> find(Id id, std::uint8_t payload_type) const noexcept;

  [[nodiscard]] std::size_t size() const noexcept { return index_.size(); }
  /// gives     how often there was no room
  [[nodiscard]] std::uint64_t refused() const noexcept { return refused_; }

 private:
  struct List {
    std::uint32_t holders = 0;
    std::uint8_t count = 0;
    std::array<PayloadFormat, MediaMatch::max_formats> formats;

    [[nodiscard]] std::span<const PayloadFormat> all() const noexcept {
      return {formats.data(), count};
    }
  };

  [[nodiscard]] Id add(std::uint64_t hash, std::span<const PayloadFormat> formats) noexcept;

  std::uint64_t seed_;
  SlotIndex index_{max_lists};
  std::vector<List> lists_;
  std::vector<Id> free_;
  std::uint64_t refused_ = 0;
};

}  // namespace heptap
