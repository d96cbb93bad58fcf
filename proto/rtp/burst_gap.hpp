#pragma once

#include <cstdint>

namespace heptap {

/// Where losses lie in a stream.
struct BurstGapFigures {
  std::uint32_t bursts = 0;
  std::uint32_t gaps = 0;
  std::uint64_t burst_packets = 0;  ///< expected in all bursts together
  std::uint64_t gap_packets = 0;
  std::uint32_t burst_lost = 0;
  std::uint32_t gap_lost = 0;
  std::uint8_t burst_density = 0;  ///< lost of 256 expected in bursts; at most 255
  std::uint8_t gap_density = 0;

  /// Mean and sum: the RFC defines the mean and prints the sum.
  /// ptime_ms  what one packet carries
  [[nodiscard]] double mean_burst_ms(double ptime_ms) const noexcept;
  [[nodiscard]] double mean_gap_ms(double ptime_ms) const noexcept;
  [[nodiscard]] double total_burst_ms(double ptime_ms) const noexcept;
  [[nodiscard]] double total_gap_ms(double ptime_ms) const noexcept;
};

/// How many packets were lost, and in how many runs.
struct LossRuns {
  std::uint32_t lost = 0;
  std::uint32_t runs = 0;

  /// How much longer the runs are than those of random loss: BurstR of the E-model. Of fewer than
  /// five losses nothing can be said.
  /// gives     1 or more
  /// source    ITU-T G.107 section 3.5
  [[nodiscard]] double burst_ratio(std::uint64_t expected) const noexcept;
};

/// Splits the packets of a stream, received or lost, in the order of their numbers, into bursts and
/// gaps. A burst begins and ends with a loss, has at least two of them, and nowhere Gmin packets
/// received in a row; all else is gap.
/// source    RFC 3611 section 4.7.2, by its definition: the counters of its section A.2 take the
///           first loss for a burst, and one loss alone for a density of 256
class BurstGap {
 public:
  static constexpr std::uint8_t gmin = 16;

  void add_received() noexcept {
    if (good_run_ < gmin) ++good_run_;
  }
  void add_lost(std::uint32_t count) noexcept;

  /// expected  packets of the stream so far, received and lost
  [[nodiscard]] BurstGapFigures figures(std::uint64_t expected) const noexcept;

  /// Of the whole stream. They are held at the ends of their types, and come close to them only
  /// when somebody makes sequence numbers jump.
  [[nodiscard]] const LossRuns& losses() const noexcept { return losses_; }
  /// Since the last call.
  [[nodiscard]] LossRuns take_losses() noexcept;

 private:
  void end_cluster() noexcept;

  // The losses that are less than Gmin apart: a burst if there are two of them when it ends.
  std::uint32_t cluster_lost_ = 0;
  std::uint32_t cluster_packets_ = 0;
  std::uint32_t bursts_ = 0;
  std::uint32_t burst_lost_ = 0;
  std::uint32_t burst_packets_ = 0;
  LossRuns losses_;
  LossRuns taken_;
  std::uint8_t good_run_ = 0;  // received since the last loss, up to gmin
  bool begins_with_loss_ = false;
  bool begins_with_burst_ = false;
};

}  // namespace heptap
