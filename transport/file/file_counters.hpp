#pragma once

#include <cstdint>

namespace heptap {

/// Files of a collector, since it is there.
struct FileCounters {
  std::uint64_t begun = 0;
  std::uint64_t removed = 0;  ///< the oldest, those of earlier runs included

  FileCounters& operator+=(const FileCounters& other) noexcept {
    begun += other.begun;
    removed += other.removed;
    return *this;
  }
  bool operator==(const FileCounters&) const = default;
};

}  // namespace heptap
