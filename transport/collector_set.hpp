#pragma once

#include "transport/alarm.hpp"
#include "transport/collector.hpp"
#include "transport/collector_options.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace heptap {

/// What all collectors of a set need together.
struct CollectorNeeds {
  std::uint64_t released = FrameRing::never;  ///< frames before it are needed no more
  std::uint64_t wake_position = FrameRing::never;
  std::uint64_t flush_mark = FrameRing::never;
  bool busy = false;           ///< one waits for room in its socket
  bool finished = true;        ///< all are
  bool some_departed = false;  ///< reap() has something to do
};

/// The collectors that are there, those that leave, and what is left of those that have left.
///
///     change_to() --> present --change_to()--> leaving --reap()--> departed: counters, of the last 256 names
///
/// A collector keeps its bit of FrameSlot::collectors until reap(). Used on the transport's thread.
class CollectorSet {
 public:
  static constexpr std::size_t max_collectors = 64;

  explicit CollectorSet(CollectorHost& host) : host_(host), health_alarm_(host.io()) {}

  /// Makes the present collectors those of `wanted`. One whose options are equal stays as it is,
  /// its connection and its files too; so does one that comes into its first pool, or leaves its last, when
  /// that has the times of HealthOptions. The others leave within `patience`. New ones take what is
  /// published from now on; the first ones ever get the bits 0, 1, 2…, and one whose name was present
  /// before has the bit of that one.
  /// gives     their bits, in the order of `wanted`
  /// errors    std::runtime_error: none or too many (those that leave count), TLS files that cannot
  ///           be used, threads that cannot be made. Then nothing is changed.
  std::vector<unsigned> change_to(std::vector<CollectorOptions> wanted,
                                  std::chrono::milliseconds patience);

  /// Makes the threads of all, so that start() finds them.
  /// errors    std::system_error
  void make_threads();
  /// Starts all, and from now on each new one when it comes.
  void start();
  void pump();
  void drain();
  void stop(const std::string& why);
  /// Whoever keeps the ring full, when that would harm others, makes way.
  void relieve();
  [[nodiscard]] CollectorNeeds needs() const;

  /// gives     bits of FrameSlot::collectors: all but those of present collectors that have failed. Any
  ///           thread may read it.
  [[nodiscard]] const std::atomic<std::uint64_t>& healthy() const noexcept { return healthy_; }

  /// Destroys those that have left and are finished. Not to be called from within a collector.
  void reap();

  /// head      of the ring: frames published later are not counted
  [[nodiscard]] std::vector<CollectorSnapshot> present(std::uint64_t head);
  /// gives     as TransportSnapshot::departed
  [[nodiscard]] std::vector<CollectorSnapshot> departed(std::uint64_t head);

 private:
  using Owned = std::unique_ptr<Collector>;

  /// All times that one name was there, but for the present one.
  struct Departed {
    CollectorSnapshot sum;    ///< of those that are finished
    std::uint64_t taken = 0;  ///< frames that passed while it was there
    std::uint64_t end = 0;    ///< of the last time
  };
  struct Leaving {
    Owned collector;
    std::size_t place = 0;  ///< in departed_
  };

  [[nodiscard]] std::vector<std::size_t> match(const std::vector<CollectorOptions>& wanted) const;
  [[nodiscard]] std::vector<Owned> make_missing(std::vector<CollectorOptions> wanted,
                                                const std::vector<std::size_t>& kept,
                                                std::uint64_t first_frame);
  [[nodiscard]] std::uint64_t bits_in_use() const;
  [[nodiscard]] unsigned take_bit(std::uint64_t& in_use);
  [[nodiscard]] unsigned bit_for(const std::string& name, std::uint64_t& in_use);
  bool forget_one();
  [[nodiscard]] std::size_t place_of(const Collector& collector);
  static void add(Departed& to, Collector& collector, std::uint64_t head);
  template <class Visit>
  void for_each(Visit visit) const;
  [[nodiscard]] bool must_make_way(const Collector& one) const;
  void look_at_health();

  CollectorHost& host_;
  std::vector<Owned> present_;
  std::vector<bool> in_pools_;  ///< of those, who is looked at
  std::vector<Leaving> leaving_;
  std::vector<Departed> departed_;
  unsigned next_bit_ = 0;  ///< the one that was free for longest
  bool started_ = false;
  Alarm health_alarm_;
  std::atomic<std::uint64_t> healthy_{~std::uint64_t{0}};
};

}  // namespace heptap
