#pragma once

#include <cstddef>

namespace heptap {

/// What a reader waits for before it is asked again. Asking earlier would cost time, nothing else.
struct StreamNeed {
  std::size_t bytes = 1;         ///< so many in all
  bool blank_line = false;       ///< and among those that are new, the end of an empty line
  std::size_t without_line = 0;  ///< or so many without one
};

}  // namespace heptap
