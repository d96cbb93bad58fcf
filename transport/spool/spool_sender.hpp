#pragma once

#include "transport/collector_options.hpp"
#include "transport/collector_snapshot.hpp"
#include "transport/frame_rate.hpp"
#include "transport/spool/spool_store.hpp"

#include <chrono>
#include <cstdint>
#include <future>
#include <memory>
#include <optional>
#include <vector>

namespace heptap {

class Transport;

/// How a spool is sent.
enum class SpoolPace : std::uint8_t {
  none,    ///< nothing new: the collector is not there
  beside,  ///< new frames have a connection of their own: at most SpoolOptions::frames_per_second
  alone,   ///< all frames come this way: as fast as it can
};

/// What a SpoolSender tells of its connections.
struct SpoolSending {
  std::uint64_t resent = 0;      ///< frames perhaps sent again because a connection broke
  std::uint64_t not_closed = 0;  ///< see SpoolCounters
  std::vector<Endpoint> peers;   ///< where it is connected to, or tries to; empty: nowhere
};

/// Sends what is in a SpoolStore over a connection of its own, which it has while there is something to
/// send. So nothing that waits is ever in the way of what is new. The thread of the store uses it.
class SpoolSender {
 public:
  /// collector  its spool is left out; store must outlive this
  SpoolSender(SpoolStore& store, CollectorOptions collector);
  /// What the peer has not confirmed stays in the store.
  ~SpoolSender();
  SpoolSender(const SpoolSender&) = delete;
  SpoolSender& operator=(const SpoolSender&) = delete;

  /// Moves frames from the store to the connection, and settles those that have arrived. To be called
  /// every few milliseconds while active().
  /// errors    std::runtime_error, with all as it was: a thread, a descriptor or TLS files are not to be had
  void work(SpoolPace pace);

  /// gives     true while it has a connection, or tries to
  [[nodiscard]] bool active() const noexcept { return transport_ != nullptr; }
  /// gives     how many frames the store had taken when it was empty for the last time, and the peer had
  ///           all of them
  [[nodiscard]] std::uint64_t arrived() const noexcept { return arrived_; }
  [[nodiscard]] const SpoolSending& sending() const noexcept { return sending_; }

 private:
  void begin();
  void push(SpoolPace pace);
  [[nodiscard]] bool wants_more() const noexcept;
  [[nodiscard]] std::uint64_t allowed(SpoolPace pace) noexcept;
  [[nodiscard]] bool settle();
  void end();
  void begin_anew();
  void look_whether_ended();
  void note_closing(CollectorState state) noexcept;
  [[nodiscard]] bool waits_in_vain() const noexcept;
  void settle_unclosed();
  void drop_connection();

  SpoolStore& store_;
  CollectorOptions options_;
  std::optional<std::chrono::milliseconds> close_timeout_;
  bool waits_for_close_;
  FrameRate beside_;  ///< SpoolPace::beside
  std::unique_ptr<Transport> transport_;
  std::optional<TimedFrame> pending_;  ///< given by the store, and not in the ring yet
  std::future<void> ended_;  ///< valid while it ends: it waits for the last frames to arrive
  std::optional<std::chrono::steady_clock::time_point> closing_since_;
  std::uint64_t settled_sent_ = 0;  ///< of this connection
  std::uint64_t settled_refused_ = 0;
  std::uint64_t disconnects_ = 0;         ///< when it was settled
  std::uint64_t pushed_bytes_ = 0;        ///< on this connection
  std::uint64_t acknowledged_bytes_ = 0;  ///< of those, or refused
  bool peer_has_all_ = false;             ///< or all but those refused, when it was settled
  std::uint64_t taken_at_end_ = 0;        ///< by the store, when ended_ began
  std::uint64_t arrived_ = 0;
  std::uint64_t resent_before_ = 0;  ///< on other connections
  SpoolSending sending_;
};

}  // namespace heptap
