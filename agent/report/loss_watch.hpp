#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "agent/report/lost_times.hpp"

namespace heptap {

/// What was lost of an interface before its messages were with the transport, since the start.
struct LossTotals {
  std::string interface;  ///< each of its workers may have a row
  std::uint64_t kernel_dropped_packets = 0;
  std::uint64_t interface_dropped_packets = 0;
  std::uint64_t lost_at_close_packets = 0;
  std::uint64_t ring_full_messages = 0;
};

/// Whether packets of an interface are being lost.
struct InterfaceLoss {
  std::string interface;
  bool is_degraded = false;  ///< some were, less than a minute ago
};

/// Notices when packets are lost, says so without filling the log, and remembers when it was: what is
/// measured over such a time is not to be trusted. One thread feeds it, any may ask.
class LossWatch {
 public:
  /// What a person should know, one line each, on the thread that feeds. is_bad: packets are lost.
  using Say = std::function<void(bool is_bad, const std::string& text)>;

  explicit LossWatch(Say say) : say_(std::move(say)) {}

  /// To be called about once a second. An interface that loses packets is named at once, and again
  /// each minute as long as it does; once it has lost none for a minute, that is said.
  /// totals    an interface that is not in them has lost nothing
  /// now_us    of the clock that packets have their time from
  void update(const std::vector<LossTotals>& totals, std::int64_t now_us);

  /// gives     whether packets were lost between the last two updates
  [[nodiscard]] bool degraded() const noexcept { return degraded_.load(std::memory_order_relaxed); }

  /// from_us, to_us   packet time, both included
  /// gives     whether packets may have been lost in between: when exactly is not known. Of what is
  ///           lost after the last update nothing is known yet
  [[nodiscard]] bool degraded_between(std::int64_t from_us, std::int64_t to_us) const;

  [[nodiscard]] std::vector<InterfaceLoss> interfaces() const;

 private:
  struct Watched {
    LossTotals totals;
    std::uint64_t lost_count = 0;  // since it began
    std::int64_t lost_us = 0;      // when it was noticed last
    std::int64_t said_us = 0;
    bool is_losing = false;
  };
  struct Line {
    bool is_bad;
    std::string text;
  };
  using Lines = std::vector<Line>;

  Watched& watched(const std::string& interface);
  [[nodiscard]] static bool look(Watched& one, const LossTotals& totals, std::int64_t now_us,
                                 Lines& lines);
  static void note_loss(Watched& one, const LossTotals& news, std::int64_t now_us, Lines& lines);

  Say say_;
  std::atomic<bool> degraded_{false};
  mutable std::mutex mutex_;  ///< guards what follows
  std::vector<Watched> watched_;
  LostTimes lost_times_;
  std::int64_t updated_us_ = 0;  // 0: never
};

}  // namespace heptap
