#pragma once

#include "transport/collector_options.hpp"
#include "transport/frame_ring.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <vector>

namespace heptap {

/// Brings the frames of one producer to up to 64 collectors. Bit i of FrameSlot::collectors means
/// collectors[i].
///
///     producer's thread                           transport's thread
///     reserve, commit, publish --> FrameRing --> one cursor per collector --> sockets
///
/// The producer calls start(), then fills the ring, then drain() or stop(). snapshot() and stop()
/// may be called from any thread.
class Transport {
 public:
  static constexpr std::size_t max_collectors = 64;

  /// errors    std::runtime_error: no collector or too many, TLS files that cannot be used
  Transport(std::vector<CollectorOptions> collectors, std::size_t ring_bytes, EventSink events);
  /// stop()
  ~Transport();
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;

  [[nodiscard]] FrameRing& ring() noexcept;

  /// Starts the thread and the connections. A collector that is not there is no error.
  void start();

  /// Once `fd` is readable, each collector has `patience` left; then it is given up, and a producer
  /// that waits for space goes on. Call it before start(). `fd` stays the caller's, and open.
  void hurry_when_readable(int fd, std::chrono::milliseconds patience);

  /// Call it from the producer's thread after the last frame. Returns when each collector has
  /// everything, or was given up; a collector without give_up_after may keep it waiting for ever.
  /// The ring is closed.
  /// gives     the ledgers, with nothing held
  std::vector<CollectorSnapshot> drain();

  /// Ends the thread at once; what is still held is lost. Wakes a producer that waits for space.
  void stop();

  [[nodiscard]] std::vector<CollectorSnapshot> snapshot();

  /// Asks the transport's thread for a sign of life, and does not wait for it.
  /// gives     whether it has given the one it was asked for last
  [[nodiscard]] bool ping();

 private:
  class Worker;
  std::unique_ptr<Worker> worker_;
};

}  // namespace heptap
