#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace heptap {

/// What one look at a collector shows.
enum class HealthSign : std::uint8_t {
  good,
  unproven,  ///< nothing is wrong, but after a failure nothing has got through yet
  bad,       ///< not connected, or what waits for it does not move
};

struct HealthOptions {
  std::chrono::milliseconds fail_after{1'000};     ///< bad for so long: it has failed
  std::chrono::milliseconds return_after{10'000};  ///< after that, not bad for so long: it is back

  bool operator==(const HealthOptions&) const = default;
};

/// Whether a collector counts as healthy, by what was seen of it. It does until it fails; one that has never
/// been good does so again with its first sign that is not bad.
class Health {
 public:
  using Time = std::chrono::steady_clock::time_point;

  explicit Health(HealthOptions options) noexcept : options_(options) {}

  /// Takes a look into account.
  void note(HealthSign sign, Time now) noexcept;

  [[nodiscard]] bool healthy() const noexcept { return healthy_; }

 private:
  void watch_for_failure(HealthSign sign, Time now) noexcept;
  void watch_for_return(HealthSign sign, Time now) noexcept;

  HealthOptions options_;
  bool healthy_ = true;
  bool was_good_ = false;
  std::optional<Time> since_;  ///< of being bad; of one that has failed, of not being bad
};

}  // namespace heptap
