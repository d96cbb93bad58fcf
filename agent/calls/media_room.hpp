#pragma once

#include <cstdint>

#include "agent/calls/chain_pool.hpp"
#include "agent/calls/media_record.hpp"

// Which record of a call makes room when all places are taken: anyone who knows an address can make
// up streams, and those must not keep out what was there before, or comes later.
namespace heptap {

inline std::uint64_t weight_of(const StreamRecord& one) noexcept {
  return one.figures.counts.packets();
}
inline std::uint64_t weight_of(const ReceptionRecord& one) noexcept { return one.reports; }
inline std::uint64_t weight_of(const SrtcpRecord& one) noexcept { return one.packets; }

/// gives     the first of those with the least weight; no_node: none weighs less than `limit`
template <class Record>
[[nodiscard]] std::uint32_t lightest(const ChainPool<Record>& pool, std::uint32_t chain,
                                     std::uint64_t limit) noexcept {
  std::uint32_t found = no_node;
  for (std::uint32_t at = chain; at != no_node; at = pool[at].next) {
    const std::uint64_t weight = weight_of(pool[at]);
    if (weight >= limit) continue;
    limit = weight;
    found = at;
  }
  return found;
}

}  // namespace heptap
