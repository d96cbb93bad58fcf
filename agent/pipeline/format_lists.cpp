#include "agent/pipeline/format_lists.hpp"

#include <algorithm>

#include "proto/hash.hpp"

namespace heptap {
namespace {

std::uint64_t hash_of(std::span<const PayloadFormat> formats, std::uint64_t seed) noexcept {
  std::uint64_t hash = seed ^ formats.size();
  for (const PayloadFormat& one : formats) {
    const std::uint64_t small =
        std::uint64_t{one.payload_type} << 16U | std::uint64_t{one.encoding} << 8U | one.channels;
    hash = hash_parts::fold(hash ^ (std::uint64_t{one.clock_hz} << 32U | small),
                            hash_parts::key_b ^ seed);
  }
  return hash;
}

}  // namespace

FormatLists::FormatLists(std::uint64_t seed) : seed_(seed) {
  lists_.reserve(max_lists);
  free_.reserve(max_lists);
}

FormatLists::Id FormatLists::hold(std::span<const PayloadFormat> formats) noexcept {
  if (formats.empty()) return none;
  const std::uint64_t hash = hash_of(formats, seed_);
  const std::uint32_t slot = index_.find(hash);
  const Id id = slot == SlotIndex::none ? add(hash, formats) : static_cast<Id>(slot);
  const bool is_it = id != none && std::ranges::equal(lists_[id].all(), formats);
  if (!is_it) {
    ++refused_;
    return none;
  }
  ++lists_[id].holders;
  return id;
}

FormatLists::Id FormatLists::add(std::uint64_t hash,
                                 std::span<const PayloadFormat> formats) noexcept {
  if (index_.size() == max_lists) return none;
  auto id = static_cast<Id>(lists_.size());
  if (free_.empty()) {
    lists_.emplace_back();
  } else {
    id = free_.back();
    free_.pop_back();
  }
  List& list = lists_[id];
  list.count = static_cast<std::uint8_t>(std::min(formats.size(), list.formats.size()));
  std::copy_n(formats.begin(), list.count, list.formats.begin());
  index_.insert(hash, id);
  return id;
}

void FormatLists::release(Id id) noexcept {
  if (id == none || --lists_[id].holders != 0) return;
  index_.erase(id);
  free_.push_back(id);
}

std::optional<PayloadFormat> FormatLists::find(Id id, std::uint8_t payload_type) const noexcept {
  if (id == none) return std::nullopt;
  for (const PayloadFormat& one : lists_[id].all()) {
    if (one.payload_type == payload_type) return one;
  }
  return std::nullopt;
}

}  // namespace heptap
