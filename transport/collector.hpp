#pragma once

#include "transport/alarm.hpp"
#include "transport/collector_options.hpp"
#include "transport/collector_snapshot.hpp"
#include "transport/delivery.hpp"
#include "transport/epoch.hpp"
#include "transport/frame_rate.hpp"
#include "transport/frame_ring.hpp"
#include "transport/health.hpp"
#include "transport/spool/spool.hpp"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace heptap {

/// What a collector needs of the transport it lives in.
class CollectorHost {
 public:
  CollectorHost() = default;
  CollectorHost(const CollectorHost&) = delete;
  CollectorHost& operator=(const CollectorHost&) = delete;
  virtual ~CollectorHost() = default;

  virtual boost::asio::io_context& io() = 0;
  [[nodiscard]] virtual const FrameRing& ring() const = 0;
  /// Brings to ring() what is on its way there.
  virtual void fetch() = 0;
  virtual void report(EventLevel level, const std::string& text) = 0;
  /// To be called at the end of each handler: what a collector no longer needs, and what it waits
  /// for, may have changed.
  virtual void settle() = 0;
};

/// A collector's place among the others.
struct CollectorPlace {
  unsigned bit = 0;               ///< in FrameSlot::collectors
  std::uint64_t first_frame = 0;  ///< of the ring that it takes
};

/// One collector: its place in the ring, its ledger, its spool. Runs on the transport's thread alone.
///
///             +----------------------+
///             v                      |
///     idle -> (carrier's own) -> up -+-> backoff
///             ^              |   |       |
///             +--------------+---)-------+
///             ^                  v
///         spooling <- any -> given_up, closing -> closed
///
/// One with threads of its own stays in `closing` until they have ended, or are waited for no more. One with a
/// spool ends by way of `spooling`: what it holds goes there, then the disk has all of it, or is waited for no
/// more.
///
/// What all carriers share is here: backoff, giving up, the way to the end. A carrier opens what it writes
/// to.
class Collector {
 public:
  /// Who keeps as much of the ring may have to make way.
  static constexpr double full_share = 0.85;

  Collector(CollectorHost& host, CollectorPlace place, CollectorOptions options);
  Collector(const Collector&) = delete;
  Collector& operator=(const Collector&) = delete;
  virtual ~Collector() = default;

  /// Makes the threads that it needs beside the transport's, unless they are there. start() does so, too.
  /// errors    std::system_error
  virtual void make_threads();
  void start();

  /// New frames may have been published: takes them onto the ledger, writes what is due.
  void pump();

  /// No more frames will come: writes the rest, closes in order, ends in `closed` or `given_up`.
  void drain();

  /// Takes no frame from `end` on, sends the rest, and closes; when `patience` is over it is stopped.
  void leave(std::uint64_t end, std::chrono::milliseconds patience);

  /// Ends it now: what is held is lost, or goes to its spool.
  void give_up(const std::string& why);
  /// The same, and no event when nothing is held.
  void stop(const std::string& why);

  /// It has been too slow for the others, or for the producers: all that it keeps leaves the ring, for the
  /// spool or for good. With a spool everything goes that way until that has caught up.
  void make_way();

  [[nodiscard]] bool finished() const noexcept {
    return state_ == CollectorState::closed || state_ == CollectorState::given_up;
  }
  /// gives     the first frame in the ring it still needs; `never` when it has left
  [[nodiscard]] std::uint64_t released() const noexcept { return cursor_.released(); }
  /// gives     how many bytes must be published before pump() has something to do
  [[nodiscard]] std::uint64_t wake_position() const noexcept;
  [[nodiscard]] std::uint64_t flush_mark() const noexcept { return flush_mark_; }
  /// gives     true when it is up, and has not had to make way in the last seconds: who has lost all that
  ///           it kept looks quick, too
  [[nodiscard]] bool keeps_up() const noexcept;
  /// Looks at it for its pools. Call it several times within HealthOptions::fail_after.
  /// gives     whether it is healthy
  bool look_at_health();
  [[nodiscard]] const DeliveryCursor& cursor() const noexcept { return cursor_; }
  /// gives     true while it waits for room in the socket: an event will come
  [[nodiscard]] bool busy() const noexcept { return waits_for_room_; }

  /// head      of the ring: frames published later are not counted
  [[nodiscard]] CollectorSnapshot snapshot(std::uint64_t head);

  [[nodiscard]] const CollectorOptions& options() const noexcept { return options_; }
  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] const CollectorPlace& place() const noexcept { return place_; }
  /// gives     the frame from which on it takes none; `never` while it does not leave
  [[nodiscard]] std::uint64_t end() const noexcept { return cursor_.end(); }

 protected:
  // A carrier's part.

  /// Begins an attempt, which ends in connection_up() or back_off().
  virtual void connect() = 0;
  /// Ends the connection, or the attempt, at once.
  virtual void disconnect() = 0;
  /// In state up (or closing): writes what is due.
  virtual void write_due() = 0;
  /// In any other state: frames wait in the ring.
  virtual void wait_while_down() {}
  /// At the end, before all else: asks its own threads to end. Called until it gives true, and by pump() as
  /// often as something may have changed.
  /// gives     true when none is waited for any more
  [[nodiscard]] virtual bool end_threads() { return true; }
  /// One that end_threads() waits for has had its time: leaves it behind, and reports that.
  virtual void leave_threads() {}
  /// Takes the ledger to its end before all is given up. Its threads have ended.
  virtual void drop_doubts() = 0;
  /// Before the connection is given up: what is in doubt and still in the ring is queued again.
  virtual void take_back() noexcept = 0;
  /// At the end, when there is a spool: gives what is in doubt and not in the ring to spool_doubt(). Called
  /// until it gives true: nothing is left of it.
  [[nodiscard]] virtual bool spool_doubts() { return true; }
  /// gives     true when something got through that nobody has noticed yet
  [[nodiscard]] virtual bool look_for_progress() = 0;
  /// gives     true while frames wait for progress
  [[nodiscard]] virtual bool has_outstanding() const = 0;
  /// gives     false when it was refused before, and nothing has got through since
  [[nodiscard]] virtual bool is_proven() const { return true; }
  /// gives     see CollectorSnapshot::peers
  [[nodiscard]] virtual std::vector<Endpoint> peers() const { return {options_.endpoint}; }
  /// gives     see CollectorSnapshot::files
  [[nodiscard]] virtual std::optional<FileCounters> files() const { return {}; }
  /// gives     `why` after the place that it happened at, when the collector's name does not tell it
  [[nodiscard]] virtual std::string with_place(const std::string& why) const { return why; }

  // For carriers to call.
  void connection_up(const std::string& detail);
  void connection_lost(const std::string& why);
  void back_off();
  void made_progress();
  void finish();
  void note_error(const std::string& why);
  void watch_progress();
  /// gives     true when the spool has taken a frame that is not in the ring
  [[nodiscard]] bool spool_doubt(const TimedFrame& frame);

  [[nodiscard]] CollectorState state() const noexcept { return state_; }
  void enter_state(CollectorState state) noexcept { state_ = state; }
  [[nodiscard]] bool draining() const noexcept { return draining_; }
  /// gives     true when it is finished, or only its threads or its spool are not
  [[nodiscard]] bool is_over() const noexcept { return end_.has_value(); }
  /// gives     true when its spool sends what has to arrive before the end
  [[nodiscard]] bool waits_for_spool() const;
  /// gives     true when there is nothing more that it would wait for at the end
  [[nodiscard]] bool is_done() const {
    return cursor_.counters().held() == 0 && !waits_for_spool();
  }
  /// gives     true when everything up to the last publish is to leave now, as far as it may
  [[nodiscard]] bool write_is_due() noexcept;
  /// gives     how many frames may be written at once
  [[nodiscard]] std::uint64_t frames_allowed() noexcept;

  CollectorHost& host_;
  const CollectorPlace place_;
  const CollectorOptions options_;
  DeliveryCursor cursor_;
  FrameRate rate_limit_;
  Alarm state_alarm_;  ///< the present state's deadline
  Alarm flush_alarm_;
  Epoch epoch_;  ///< handlers of an older connection see that it is not theirs
  bool waits_for_room_ = false;

 private:
  /// How it ends.
  struct End {
    enum class Wait : std::uint8_t {
      threads,
      room,  ///< in its spool
      spool,
    };
    std::string why;
    bool may_close = false;  ///< or is given up, though nothing is lost
    Wait waits_for = Wait::threads;
    std::uint64_t lost_before = 0;  ///< frames
    bool has_all = false;           ///< nothing was left in the ring; later frames are nobody's
  };

  void begin_end(End end);
  void go_on_ending();
  void stop_waiting();
  void set_end_alarm();
  void wait_for_threads();
  void end_with_spool();
  void wait_for_room();
  void finish_spool();
  void spool_has_ended();
  void let_spool_go();
  void close_or_lose();
  void lose_rest(const std::string& why);
  void let_go();
  void begin_spool();
  void use_spool();
  void spool_held();
  [[nodiscard]] bool spools_instead();
  [[nodiscard]] bool has_connection() const noexcept {
    return state_ == CollectorState::up || state_ == CollectorState::closing;
  }
  [[nodiscard]] bool goes_to_spool() const noexcept;
  [[nodiscard]] bool spool_moved();
  void pump_later();
  void take_new_frames() noexcept;
  [[nodiscard]] HealthSign health_sign();
  void check_progress();

  const std::string name_;
  CollectorState state_ = CollectorState::idle;
  std::chrono::milliseconds backoff_;
  std::minstd_rand jitter_{std::random_device{}()};
  Alarm watchdog_;
  Alarm leave_alarm_;                       ///< end of its patience
  std::unique_ptr<Spool> spool_;            ///< null: it has none, or that has ended
  std::optional<SpoolCounters> spool_end_;  ///< its last counters
  std::optional<End> end_;                  ///< set: it ends, or has done so
  Alarm end_alarm_;                         ///< end of the wait for threads, or for a disk
  Epoch life_;
  std::uint64_t catch_up_to_ = 0;  ///< frames put into it when it was too slow
  std::uint64_t spool_moves_ = 0;  ///< frames into it and out of it, when last looked at
  std::chrono::steady_clock::time_point down_since_;
  std::optional<std::chrono::steady_clock::time_point> made_way_;  ///< for the last time
  std::chrono::steady_clock::time_point last_progress_;
  std::chrono::steady_clock::time_point progress_seen_;  ///< by who looked at its health last
  Health health_;
  std::uint64_t seen_bytes_ = 0;   ///< published when frames were last taken
  std::uint64_t flush_mark_ = 0;   ///< as it was then
  std::uint64_t flush_until_ = 0;  ///< frames before it have waited long enough
  bool draining_ = false;
  std::uint64_t connects_ = 0;
  std::uint64_t disconnects_ = 0;
  std::string last_error_;
};

}  // namespace heptap
