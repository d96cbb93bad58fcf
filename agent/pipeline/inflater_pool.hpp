#pragma once

#include <cstdint>
#include <vector>

#include "proto/sip/inflate.hpp"
#include "proto/table_use.hpp"

namespace heptap {

/// Inflaters for the streams that need one. Of more streams than there are inflaters, one loses its
/// own: one that knows no SIP, if there is any, and of several the one that was used longest ago. The
/// stream that lost it and cannot be read without knows no SIP any more: it takes none from others.
class InflaterPool {
 public:
  static constexpr std::size_t max_inflaters = 128;  ///< of 40 KiB each

  InflaterPool() { inflaters_.reserve(max_inflaters); }

  /// gives     the stream's own, knowing its earlier messages, or one that knows nothing
  /// errors    std::bad_alloc, while there are less than max_inflaters
  [[nodiscard]] Inflater& of(std::uint32_t stream);

  /// The last message of the stream was SIP.
  void confirm(std::uint32_t stream) noexcept;

  /// The stream has begun anew, or lost some of its bytes, or gave what cannot be read.
  void reset(std::uint32_t stream) noexcept;

  /// gives     one without memory, for a look at something
  [[nodiscard]] Inflater& any() noexcept { return spare_; }

  [[nodiscard]] TableUse use() const noexcept {
    return {.entries = inflaters_.size(),
            .max_entries = max_inflaters,
            .memory_bytes = (inflaters_.size() + 1) * Inflater::memory_bytes};
  }

 private:
  struct Owned {
    Inflater inflater;
    std::uint32_t stream;
    std::uint64_t used;  // when: counts up with each use
    bool knows_sip = false;
  };

  [[nodiscard]] Owned* find(std::uint32_t stream) noexcept;
  [[nodiscard]] Owned& victim() noexcept;

  std::vector<Owned> inflaters_;
  Inflater spare_;
  std::uint64_t uses_ = 0;
};

}  // namespace heptap
