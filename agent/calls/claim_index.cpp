#include "agent/calls/claim_index.hpp"

#include <algorithm>
#include <bit>

namespace heptap {

// A call seldom has as many claims as it may have: a chain to every fourth of them.
ClaimIndex::ClaimIndex(std::size_t max_entries)
    : max_entries_(max_entries),
      heads_(std::bit_ceil(std::max<std::size_t>(max_entries / 4, 1)), none) {
  entries_.reserve(max_entries);
}

std::size_t ClaimIndex::add(std::uint64_t key, std::uint64_t call) noexcept {
  for (std::uint32_t at = head_of(key); at != none; at = entries_[at].next) {
    if (entries_[at].key != key || entries_[at].call != call) continue;
    ++entries_[at].claims;
    return 0;
  }
  const std::size_t crowded_out = make_room(key);
  std::uint32_t at = free_;
  if (at != none) {
    free_ = entries_[at].next;
  } else {
    if (entries_.size() == max_entries_) return crowded_out + 1;
    at = static_cast<std::uint32_t>(entries_.size());
    entries_.emplace_back();
  }
  std::uint32_t& head = head_of(key);
  entries_[at] = {.key = key, .call = call, .next = head, .claims = 1};
  head = at;
  ++size_;
  return crowded_out;
}

void ClaimIndex::remove(std::uint64_t key, std::uint64_t call) noexcept {
  for (std::uint32_t* link = &head_of(key); *link != none; link = &entries_[*link].next) {
    Entry& entry = entries_[*link];
    if (entry.key != key || entry.call != call) continue;
    if (--entry.claims == 0) unlink(link);
    return;
  }
}

std::size_t ClaimIndex::find(std::uint64_t key, std::uint64_t* out) const noexcept {
  std::size_t count = 0;
  std::uint32_t at = heads_[static_cast<std::size_t>(key) & (heads_.size() - 1)];
  for (; at != none && count < max_calls_per_key; at = entries_[at].next) {
    if (entries_[at].key == key) out[count++] = entries_[at].call;
  }
  return count;
}

// Entries of a key lie in their chain youngest first.
std::size_t ClaimIndex::make_room(std::uint64_t key) noexcept {
  std::uint32_t* oldest = nullptr;
  std::size_t count = 0;
  for (std::uint32_t* link = &head_of(key); *link != none; link = &entries_[*link].next) {
    if (entries_[*link].key != key) continue;
    oldest = link;
    ++count;
  }
  if (count < max_calls_per_key) return 0;
  unlink(oldest);
  return 1;
}

void ClaimIndex::unlink(std::uint32_t* link) noexcept {
  const std::uint32_t at = *link;
  *link = entries_[at].next;
  entries_[at].next = free_;
  free_ = at;
  --size_;
}

TableUse ClaimIndex::use() const noexcept {
  return {.entries = size_,
          .max_entries = max_entries_,
          .memory_bytes =
              heads_.capacity() * sizeof(std::uint32_t) + entries_.capacity() * sizeof(Entry)};
}

}  // namespace heptap
