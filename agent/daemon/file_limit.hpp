#pragma once

#include <cstddef>

namespace heptap {

/// Raises the number of files that this process may have open to the most it is allowed: who starts
/// it from a shell often has 1024, which strangers that connect could use up alone. Needs no
/// capability; call it before the system calls are given up.
/// gives     how many it may have open now
/// source    getrlimit(2)
[[nodiscard]] std::size_t raise_file_limit() noexcept;

}  // namespace heptap
