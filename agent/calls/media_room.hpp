#pragma once

#include <array>
#include <cstddef>
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

/// So that none crowds out another, the kind of which there are most gives its last for one of which
/// there are fewer.
/// gives     no_node: there are as many of `kind`, but for one
[[nodiscard]] inline std::uint32_t last_of_most(const ChainPool<MediaEventRecord>& pool,
                                                std::uint32_t chain, MediaEventKind kind) noexcept {
  std::array<std::size_t, static_cast<std::size_t>(MediaEventKind::count_)> counts{};
  const auto count_of = [&counts](MediaEventKind of) -> std::size_t& {
    return counts[static_cast<std::size_t>(of)];
  };
  for (std::uint32_t at = chain; at != no_node; at = pool[at].next) ++count_of(pool[at].kind);
  std::size_t most = count_of(kind) + 1;
  std::uint32_t found = no_node;
  for (std::uint32_t at = chain; at != no_node; at = pool[at].next) {
    const std::size_t count = count_of(pool[at].kind);
    const bool is_more = count > most;
    const bool is_of_found = found != no_node && pool[at].kind == pool[found].kind;
    if (is_more || is_of_found) found = at;
    if (is_more) most = count;
  }
  return found;
}

}  // namespace heptap
