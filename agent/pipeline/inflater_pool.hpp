#pragma once

#include <cstdint>
#include <vector>

#include "proto/sip/inflate.hpp"

namespace heptap {

/// Inflaters for the streams that need one. There are so many that a stream seldom loses its own to
/// another: the one that was used longest ago.
class InflaterPool {
 public:
  static constexpr std::size_t max_inflaters = 128;  ///< of 40 KiB each

  InflaterPool() { inflaters_.reserve(max_inflaters); }

  /// gives     the stream's own, knowing its earlier messages, or one that knows nothing
  /// errors    std::bad_alloc, while there are less than max_inflaters
  [[nodiscard]] Inflater& of(std::uint32_t stream);

  /// The stream has begun anew, or lost some of its bytes.
  void reset(std::uint32_t stream) noexcept;

  /// gives     one without memory, for a look at something
  [[nodiscard]] Inflater& any() noexcept { return spare_; }

 private:
  struct Owned {
    Inflater inflater;
    std::uint32_t stream;
    std::uint64_t used;  // when: counts up with each use
  };

  std::vector<Owned> inflaters_;
  Inflater spare_;
  std::uint64_t uses_ = 0;
};

}  // namespace heptap
