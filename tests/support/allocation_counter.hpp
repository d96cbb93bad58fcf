#pragma once

#include <cstdint>

namespace heptap::test {

/// gives     how often this thread has called operator new so far. Linking this library replaces
///           the global operators, so it sees every allocation that C++ code makes (malloc of C
///           libraries is not counted).
[[nodiscard]] std::uint64_t allocations() noexcept;

/// Counts what happens between its making and a call of count().
class AllocationCounter {
 public:
  [[nodiscard]] std::uint64_t count() const noexcept { return allocations() - start_; }

 private:
  std::uint64_t start_ = allocations();
};

}  // namespace heptap::test
