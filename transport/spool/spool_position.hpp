#pragma once

#include "transport/spool/spool_file.hpp"

#include <cstdint>
#include <system_error>

namespace heptap {

/// Which frames of a spool need not be sent again, in a file beside its segments. Two places are written
/// in turn, so that one is whole whenever the other is not. Of each, numbers little-endian:
///
///     u64 how many were written | u64 number of the first frame that is still needed | u32 checksum
class SpoolPosition {
 public:
  /// folder    of the spool
  /// errors    as of open(2)
  [[nodiscard]] std::error_code open(int folder);

  /// gives     the first frame that is needed; 0 when nothing was ever saved
  [[nodiscard]] std::uint64_t needed() const noexcept { return needed_; }

  /// Does nothing when that is so already.
  [[nodiscard]] std::error_code save(std::uint64_t needed);
  [[nodiscard]] std::error_code sync() noexcept { return file_.sync(); }

 private:
  SpoolFile file_;
  std::uint64_t saves_ = 0;
  std::uint64_t needed_ = 0;
};

}  // namespace heptap
