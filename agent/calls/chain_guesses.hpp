#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>

namespace heptap {

/// Attempts that were challenged or redirected a moment ago: some user agents try again with another
/// Call-ID. A few hundred, the newest; threads share it.
class ChainGuesses {
 public:
  static constexpr std::int64_t max_wait_us = 2'000'000;

  /// An attempt of `caller` that began at first_us was challenged or redirected.
  void offer(std::uint64_t caller, std::int64_t first_us, std::int64_t time_us);
  /// It goes on in its own call.
  void withdraw(std::uint64_t caller);
  /// Another call begins that may go on with it.
  /// gives     when the attempt began
  [[nodiscard]] std::optional<std::int64_t> take(std::uint64_t caller, std::int64_t time_us);
  /// gives     whether another call went on with the attempt that began at first_us
  [[nodiscard]] bool taken(std::uint64_t caller, std::int64_t first_us) const;

 private:
  struct Guess {
    std::uint64_t caller = 0;  // 0: nobody
    std::int64_t first_us = 0;
    std::int64_t time_us = 0;
    bool taken = false;
  };

  [[nodiscard]] std::size_t place_of(std::uint64_t caller) const noexcept {
    return static_cast<std::size_t>(caller >> 40U) % guesses_.size();
  }

  mutable std::mutex mutex_;
  std::array<Guess, 512> guesses_{};
};

}  // namespace heptap
