#pragma once

#include "transport/collector_options.hpp"
#include "transport/frame_ring.hpp"
#include "transport/transport_snapshot.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <vector>

namespace heptap {

/// Brings the frames of one producer, or several, to up to 64 collectors. Bit i of
/// FrameSlot::collectors means collectors[i] of the constructor; reconfigure() may give other bits,
/// and a frame for every collector has all bits set.
///
///     producer's thread                           transport's thread
///     reserve, commit, publish --> FrameRing --> one cursor per collector --> sockets
///
/// Each producer has a ring to itself. Where there are several, the transport's thread moves their
/// frames into one more ring, which collectors read; the frames of one producer stay in order.
///
/// After start() the producers fill their rings; then comes drain() or stop(). snapshot(),
/// account(), reconfigure() and stop() may be called from any thread, but not from the event sink.
class Transport {
 public:
  /// ring_bytes  of each ring
  /// rings       producers; when more than one, there is one ring more than that
  /// errors      std::runtime_error: no collector or too many, no ring, TLS files that cannot be
  ///             used
  Transport(std::vector<CollectorOptions> collectors, std::size_t ring_bytes, EventSink events,
            std::size_t rings = 1);
  /// stop()
  ~Transport();
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;

  /// gives     the ring of producer `index`
  /// errors    std::out_of_range
  [[nodiscard]] FrameRing& ring(std::size_t index = 0);

  /// Has all memory of the rings at once, rather than when it is needed: see FrameRing. Call it before
  /// start().
  void fault_in() noexcept;

  /// Starts the thread and the connections. A collector that is not there is no error.
  void start();

  /// Once `fd` is readable, each collector has `patience` left; then it is given up, and a producer
  /// that waits for space goes on. Call it before start(). `fd` stays the caller's, and open.
  void hurry_when_readable(int fd, std::chrono::milliseconds patience);

  /// Changes the collectors while frames pass. One whose options are equal to those of one that is
  /// there stays untouched: its connection, its frames, and the TLS files it was made with. The
  /// others take no more frames; what they hold is sent within `patience`, then they are closed or
  /// given up. New ones, and a changed one is new, take the frames that come from now on. One that
  /// leaves counts among the 64 until it is closed.
  /// gives     bits in FrameSlot::collectors, in the order of `collectors`; a changed one has the bit that
  ///           the one of its name had
  /// errors    std::runtime_error, with nothing changed: no collector or too many, TLS files that
  ///           cannot be used, or drain() or stop() was called
  std::vector<unsigned> reconfigure(std::vector<CollectorOptions> collectors,
                                    std::chrono::milliseconds patience);

  /// What pools choose by; any thread may read it.
  /// gives     bits of FrameSlot::collectors: all but those of collectors that have failed, as their
  ///           HealthOptions have it
  [[nodiscard]] const std::atomic<std::uint64_t>& healthy() const noexcept;

  /// Call it after the last frame: with one ring from the producer's thread, with several when each
  /// producer has flushed his own. Returns when each collector has everything, or was given up; a
  /// collector without give_up_after may keep it waiting for ever. The rings are closed: what a
  /// producer still publishes is lost, and counted.
  /// gives     the ledgers, with nothing held, and after them those of departed collectors
  std::vector<CollectorSnapshot> drain();

  /// Ends the thread at once; what is still held is lost. Wakes producers that wait for space.
  void stop();

  /// gives     account().collectors
  [[nodiscard]] std::vector<CollectorSnapshot> snapshot();
  [[nodiscard]] TransportSnapshot account();

  /// Asks the transport's thread for a sign of life, and does not wait for it.
  /// gives     whether it has given the one it was asked for last
  [[nodiscard]] bool ping();

 private:
  class Worker;
  std::unique_ptr<Worker> worker_;
};

}  // namespace heptap
