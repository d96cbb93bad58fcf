#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <vector>

#include "proto/flow_table.hpp"
#include "proto/net/flow_key.hpp"
#include "proto/net/packet.hpp"
#include "proto/net/piece_ring.hpp"
#include "proto/stream_need.hpp"

namespace heptap {

struct StreamLimits {
  std::size_t max_bytes = 8 << 20;  ///< that wait in all streams together
  std::size_t max_streams = 65'536;
  /// That wait in one for their reader, and twice as many with those behind a gap.
  std::size_t max_stream_bytes = (1 << 20) + (1 << 18);
  std::int64_t max_age_us = 600'000'000;  ///< of silence, in packet time
  std::int64_t gap_wait_us = 1'000'000;   ///< for a missing segment
  std::uint64_t seed = 0;                 ///< a secret of the process
};

/// Bytes of segments: all that entered were read, or dropped for a reason, or are held.
struct StreamCounts {
  std::uint64_t entered = 0;
  std::uint64_t read = 0;  ///< given to the reader, who accounts for them
  /// Behind what was read: sent again, copied by the mirror, or later than it was waited for.
  std::uint64_t repeated = 0;
  std::uint64_t far = 0;      ///< nowhere near what the stream is at
  std::uint64_t evicted = 0;  ///< made room for younger ones
  std::uint64_t held = 0;
  // Not bytes, and not part of the sum.
  std::uint64_t streams = 0;          ///< opened
  std::uint64_t streams_evicted = 0;  ///< that made room for others while they were still used
  std::uint64_t gaps = 0;             ///< places where segments are missing
  std::uint64_t gap_bytes = 0;        ///< how much was missing there
  std::uint64_t truncated = 0;  ///< segments that the capture cut; the rest of them is missing
};

/// Bytes of one stream, in order.
struct StreamRun {
  std::uint32_t stream = 0;  ///< a small number that is the stream's as long as it lives
  Bytes bytes;               ///< all that the reader has not used up yet
  bool is_new = false;       ///< the first of its stream
  bool is_midway = false;    ///< its stream was joined without a SYN
  bool after_gap = false;    ///< something is missing in front of these
  bool is_last = false;      ///< what follows never comes: here the stream or a gap is
};

/// Puts the segments of TCP connections in order, each direction on its own. What was first wins.
/// Memory is bounded by StreamLimits whatever comes: streams that were never confirmed make room
/// before those that were, and the oldest waiting bytes before younger ones.
///
/// Each take() is followed by next_run() until it gives false, each run by consume().
/// source    RFC 9293; gaps as a tap sees them: what it missed, the receiver may well have got
class TcpStreams {
 public:
  /// Whether a segment of no known stream shall open one.
  using Opens = std::function<bool(const Packet&)>;

  TcpStreams(const StreamLimits& limits, Opens opens);

  /// A SYN always opens a stream.
  /// time_us   of the packet; now_us: by which streams grow old. It goes back when a capture of
  ///           another time begins, and what is of after it is past, too
  /// gives     whether the segment belongs to a stream; false: nobody is interested, it is a bare ACK,
  ///           or longer than what a stream may hold
  [[nodiscard]] bool take(const Packet& segment, std::int64_t time_us, std::int64_t now_us);

  /// gives     true, and bytes in order that were not there before; false: none are left
  /// lifetime  until consume() of this run
  [[nodiscard]] bool next_run(StreamRun& out) noexcept;

  /// Says what was done with a run.
  /// used      bytes of it that are not to be given again; of a last run: all, whatever is said
  void consume(const StreamRun& run, std::size_t used, const StreamNeed& need = {}) noexcept;

  /// Instead of consume(): nothing of this stream is of interest any more.
  /// for_good  nor what comes later, whatever it looks like; else that may open a stream again
  /// gives     how many bytes were read for the last time: those of the run, and all that wait
  std::size_t forget(const StreamRun& run, bool for_good) noexcept;

  /// This stream is worth its place: it makes room only when no other can.
  void confirm(const StreamRun& run) noexcept;

  /// Ends all streams; what waited behind gaps comes out of next_run().
  void finish() noexcept;

  [[nodiscard]] const FlowKey& flow(const StreamRun& run) const noexcept {
    return table_.key(run.stream);
  }
  /// begin     less than end, which is within the run
  /// gives     the youngest origin of these bytes of the run
  [[nodiscard]] PieceOrigin origin(std::size_t begin, std::size_t end) const noexcept;
  /// gives     the place in the run behind the last byte that came in one segment with this one
  [[nodiscard]] std::size_t segment_end(std::size_t at) const noexcept;
  /// gives     the place in the run where what came in its last segment begins
  [[nodiscard]] std::size_t last_segment() const noexcept;

  [[nodiscard]] const StreamCounts& counts() const noexcept { return counts_; }
  /// gives     streams, each direction one, of which those that nobody is interested in are some
  [[nodiscard]] TableUse use() const noexcept;
  /// gives     one more than the largest StreamRun::stream there will ever be
  [[nodiscard]] std::size_t max_streams() const noexcept { return limits_.max_streams + 1; }

 private:
  enum class Place : std::uint8_t { unconfirmed, confirmed, forgotten, ended, closing };
  struct Stream {
    PieceList pieces;            // what waits: in order up to next, then beyond a gap
    std::uint32_t first;         // sequence number of the first byte of all
    std::uint32_t next;          // of the first that is missing
    std::uint32_t end;           // of the FIN, when has_end
    std::uint32_t other;         // of the first byte behind another SYN, when has_other
    std::uint32_t waiting;       // bytes in the ring in order, that the reader has left there
    std::uint32_t ahead;         // bytes in the ring beyond the gap
    std::uint32_t ahead_pieces;  // how many those are
    StreamNeed need;
    std::int64_t last_us;
    std::int64_t gap_since_us;  // no_gap: nothing is waited for
    Place place;
    bool has_end;
    bool has_other;
    bool is_new;
    bool is_midway;
    bool after_gap;
  };
  struct Beginning {
    std::uint32_t first;  // sequence number of the first byte
    bool is_midway;
  };
  struct Mark {  // of the bytes of a run up to `end`
    std::size_t end;
    PieceOrigin origin;
  };
  using Marks = std::vector<Mark>;
  struct Gap {
    std::uint32_t stream;
    std::int64_t since_us;
  };
  using Table = FlowTable<FlowKey, Stream>;
  static constexpr std::int64_t no_gap = std::numeric_limits<std::int64_t>::min();
  static constexpr std::size_t max_segment_bytes = 1 << 19;  // with segmentation offload

  [[nodiscard]] std::size_t scratch_bytes() const noexcept {
    return 2 * limits_.max_stream_bytes + max_segment_bytes;
  }
  [[nodiscard]] static bool is_at_end(const Stream& stream) noexcept {
    return stream.has_end && stream.next == stream.end;
  }
  [[nodiscard]] static bool has_gap(const Stream& stream) noexcept {
    return stream.ahead != 0 || lacks_end(stream);
  }
  [[nodiscard]] static bool lacks_end(const Stream& stream) noexcept {
    return stream.has_end && static_cast<std::int32_t>(stream.end - stream.next) > 0;
  }

  [[nodiscard]] bool is_past(std::int64_t since_us, std::int64_t age_us) const noexcept {
    return since_us > now_us_ || now_us_ - since_us > age_us;
  }

  // Taking segments.
  [[nodiscard]] std::uint32_t stream_of(const Packet& segment);
  [[nodiscard]] std::optional<Beginning> another_in(Stream& stream, const Packet& segment) const;
  [[nodiscard]] static bool is_syn_of_another(Stream& stream, const Packet& segment) noexcept;
  std::uint32_t open(const FlowKey& key, const Beginning& beginning) noexcept;
  void touch(std::uint32_t slot) noexcept;
  void add(std::uint32_t slot, std::uint32_t begin, Bytes bytes,
           const PieceOrigin& origin) noexcept;
  void add_late(const Stream& stream, const Packet& segment) noexcept;
  void add_ahead(std::uint32_t slot, std::uint32_t begin, Bytes bytes,
                 const PieceOrigin& origin) noexcept;
  void join_pieces(std::uint32_t slot) noexcept;
  void note_gap(std::uint32_t slot) noexcept;
  [[nodiscard]] std::uint32_t take_oldest_gap() noexcept;
  void make_room(std::size_t bytes, std::size_t pieces) noexcept;

  // Giving runs.
  [[nodiscard]] bool next_closing(StreamRun& out) noexcept;
  [[nodiscard]] bool next_overdue(StreamRun& out) noexcept;
  [[nodiscard]] bool has_overdue() noexcept;
  [[nodiscard]] bool next_current(StreamRun& out) noexcept;
  [[nodiscard]] bool is_worth_asking(const Stream& stream) const noexcept;
  [[nodiscard]] bool ends_blank_line(std::uint32_t before, Bytes bytes) const noexcept;
  void hop_gap(std::uint32_t slot) noexcept;
  void give(std::uint32_t slot, bool is_last, StreamRun& out) noexcept;
  [[nodiscard]] Bytes gather(const Stream& stream) noexcept;
  [[nodiscard]] Marks::const_iterator mark_of(std::size_t at) const noexcept;
  void keep_fresh() noexcept;

  // Letting go.
  void advance(std::int64_t now_us) noexcept;
  void expire() noexcept;
  template <class LetGo>
  void let_go_of(const SlotList& list, std::int64_t age_us, LetGo let_go) noexcept;
  void evict_stream() noexcept;
  void reset(std::uint32_t slot, std::uint32_t end) noexcept;
  void close(std::uint32_t slot) noexcept;
  void end(std::uint32_t slot) noexcept;
  void ignore(std::uint32_t slot) noexcept;
  void drop(std::uint32_t slot) noexcept;
  void lose_pieces(std::uint32_t slot) noexcept;
  [[nodiscard]] SlotList& list_of(Place place) noexcept;

  StreamLimits limits_;
  Opens opens_;
  Table table_;
  SlotList unconfirmed_;  // by last use, oldest first
  SlotList confirmed_;
  SlotList forgotten_;
  SlotList ended_;  // by their end, oldest first
  SlotList closing_;
  PieceRing ring_;
  std::unique_ptr<std::uint8_t[]> scratch_;  // NOLINT: not to be touched before it is used
  Marks marks_;
  std::vector<Gap> gaps_;  // a ring, oldest at gap_first_
  std::size_t gap_first_ = 0;
  std::size_t gap_count_ = 0;
  std::uint32_t overdue_ = Table::none;  // the stream that is not waited for any longer
  std::int64_t now_us_ = 0;
  std::int64_t due_us_ = 0;  // when the next stream is too old, or later

  // The segment that came last, as far as it is in order and not in the ring.
  std::uint32_t current_ = Table::none;
  Bytes fresh_;
  PieceOrigin fresh_origin_{};

  StreamCounts counts_;
};

}  // namespace heptap
