#pragma once

#include <cstddef>

namespace heptap {

/// How full a table is, and what it takes. Where a maximum is 0 there is no such figure.
struct TableUse {
  std::size_t entries = 0;
  std::size_t max_entries = 0;
  std::size_t held_bytes = 0;  ///< of packets, that its entries keep
  std::size_t max_held_bytes = 0;
  std::size_t memory_bytes = 0;  ///< allocated; what was never used of it costs nothing yet

  TableUse& operator+=(const TableUse& other) noexcept {
    entries += other.entries;
    max_entries += other.max_entries;
    held_bytes += other.held_bytes;
    max_held_bytes += other.max_held_bytes;
    memory_bytes += other.memory_bytes;
    return *this;
  }
  friend bool operator==(const TableUse&, const TableUse&) = default;
};

}  // namespace heptap
