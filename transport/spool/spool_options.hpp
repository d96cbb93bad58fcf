#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>

namespace heptap {

struct SpoolLimits {
  static constexpr std::uint64_t min_bytes = std::uint64_t{4} << 20U;

  std::uint64_t max_bytes = std::uint64_t{1} << 30U;  ///< of all files; min_bytes at least
  std::chrono::seconds max_age = std::chrono::hours(24);

  bool operator==(const SpoolLimits&) const = default;
};

/// Where a collector's frames wait when it cannot take them.
struct SpoolOptions {
  std::filesystem::path folder;  ///< of this collector alone
  SpoolLimits limits;
  std::chrono::milliseconds sync_every{1000};  ///< a crash of the machine loses what is younger
  std::uint64_t frames_per_second =
      0;  ///< sent out of it while new ones are sent, too; 0: no limit
  /// What the peer has acknowledged is kept until it closes its end, unless other frames have to be sent
  /// meanwhile. False: for CollectorOptions::close_timeout at most.
  bool waits_for_close = true;

  bool operator==(const SpoolOptions&) const = default;
};

}  // namespace heptap
