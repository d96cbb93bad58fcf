#pragma once

#include <cstddef>
#include <cstdint>
#include <random>

namespace heptap::test {

/// What a path does to the packets of one direction. Times in microseconds.
struct ImpairmentOptions {
  std::int64_t delay_us = 0;
  std::int64_t jitter_us = 0;   ///< on top of the delay, even between 0 and this; order is kept
  double drop = 0;              ///< share of the packets, 0 to 1, as the next ones
  double duplicate = 0;         ///< sent twice in a row
  double reorder = 0;           ///< leave late, and others overtake them
  std::int64_t reorder_us = 0;  ///< how late
  std::uint64_t bytes_per_second = 0;  ///< 0: as fast as they come
  std::int64_t queue_us = 0;           ///< what would wait longer for its turn is lost; 0: never
  std::int64_t stall_after_us = 0;     ///< since the first packet
  std::int64_t stall_us = 0;           ///< for how long nothing leaves; 0: no stall
  std::uint64_t seed = 1;
};

/// Everything that became of packets: received + duplicated = dropped + overflowed + passed on.
struct ImpairmentCounts {
  std::uint64_t received = 0;
  std::uint64_t dropped = 0;
  std::uint64_t dropped_inside = 0;  ///< of them, those between two that were passed on
  std::uint64_t overflowed = 0;
  std::uint64_t duplicated = 0;
  std::uint64_t reordered = 0;
  std::uint64_t passed = 0;  ///< to be sent, copies among them
  std::int64_t min_delay_us = 0;
  std::int64_t max_delay_us = 0;
  std::int64_t sum_delay_us = 0;  ///< of all passed
};

/// What becomes of one packet.
struct Fate {
  std::size_t copies = 1;  ///< 0 to 2
  std::int64_t leave_us = 0;
};

/// Decides the fate of packets, the same way in each run with the same options and times: what is
/// dropped, duplicated and reordered depends on their number alone. Knows no sockets and no clock.
class Impairment {
 public:
  explicit Impairment(const ImpairmentOptions& options);

  /// now_us    when it came; never goes back
  [[nodiscard]] Fate decide(std::int64_t now_us, std::size_t size_bytes);

  [[nodiscard]] const ImpairmentCounts& counts() const { return counts_; }

 private:
  [[nodiscard]] bool happens(double share);
  [[nodiscard]] std::int64_t after_stall(std::int64_t time_us) const;
  [[nodiscard]] std::int64_t in_order(std::int64_t now_us);
  [[nodiscard]] bool takes_turn(std::int64_t& leave_us, std::size_t size_bytes);
  void count_passed(std::int64_t delay_us, std::size_t copies);

  ImpairmentOptions options_;
  ImpairmentCounts counts_;
  std::mt19937_64 random_;
  std::int64_t first_us_ = 0;
  std::int64_t in_order_until_us_ = 0;  // nothing overtakes by its jitter
  std::int64_t line_free_us_ = 0;       // when the throttled line has sent what it was given
  std::uint64_t dropped_since_pass_ = 0;
};

}  // namespace heptap::test
