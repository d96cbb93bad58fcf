#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "agent/calls/media_signs.hpp"
#include "agent/pipeline/rtp_options.hpp"
#include "agent/pipeline/rtp_reports.hpp"
#include "agent/report/ledger.hpp"
#include "agent/report/table_figures.hpp"
#include "proto/net/packet.hpp"

namespace heptap {

struct RtpStreamCounts {
  std::uint64_t packets = 0;
  std::uint64_t opened = 0;
  std::uint64_t ended = 0;    ///< streams that were silent for 30 s, or whose call was over
  std::uint64_t strays = 0;   ///< that left before a second packet went on with the first
  std::uint64_t evicted = 0;  ///< of all that left: to make room
};

/// Follows the streams of RTP that a worker sees, ties them to calls, and has them reported. Only
/// headers are looked at. A stream belongs to a call as soon as SDP explains its addresses; what came
/// before then counts, too. Sized at the start; no allocation per packet; aged by packet time.
class RtpStreams {
 public:
  /// calls, outlet   as RtpReports has them
  /// signs           its observer is told of streams and events, too
  RtpStreams(const RtpOptions& options, MediaCalls& calls, Outlet* outlet, const MediaSigns& signs);

  /// Packets are followed some at a time, so that memory comes for all of them together: with many
  /// streams, most of the time is spent waiting for it. Call catch_up() before anybody asks for figures,
  /// and before anything new is learned of calls.
  /// rtp       of the datagram
  void take(const Packet& datagram, const RtpView& rtp, std::int64_t time_us) noexcept;

  void catch_up() noexcept {
    if (waiting_ > 0) follow_waiting();
  }

  /// Ends streams that are silent, and looks at calls. To be called for all that comes: it costs
  /// nothing most of the time, and little otherwise.
  void look(std::int64_t now_us) noexcept {
    last_us_ = now_us;
    if (now_us >= next_look_us_ || now_us < next_look_us_ - 2 * look_every_us) look_around(now_us);
  }

  /// The call is over, and its Call-ID will be used for another one: so are its streams.
  void end_call(std::uint64_t call_hash, std::int64_t now_us) noexcept;

  /// Nothing more comes: all streams are over.
  void finish() noexcept;

  [[nodiscard]] const RtpStreamCounts& counts() const noexcept { return counts_; }
  [[nodiscard]] const Counts<RtpReportFate>& reports() const noexcept { return reports_.fates(); }
  [[nodiscard]] const Counts<MediaEventKind>& events() const noexcept { return news_.counts(); }

  /// gives     packets, and the reports that join the way at `encode`
  [[nodiscard]] std::vector<LedgerStage> ledger() const;
  [[nodiscard]] std::vector<TableFigures> tables() const;

 private:
  static constexpr std::uint32_t none = SlotIndex::none;
  static constexpr std::int64_t look_every_us = 250'000;
  static constexpr std::size_t most_waiting = 16;

  /// A packet that was taken, and is not followed yet.
  struct Waiting {
    RtpStreamKey key;
    std::uint64_t hash = 0;
    std::int64_t time_us = 0;
    RtpPacket packet;
  };

  void follow_waiting() noexcept;
  void follow(const Waiting& one) noexcept;
  [[nodiscard]] RtpStreamKey key_of(std::uint32_t slot) const noexcept {
    return keys_.unpacked(table_.key(slot), table_[slot].is_v6);
  }
  [[nodiscard]] std::uint32_t slot_of(const Waiting& one) noexcept;
  [[nodiscard]] std::uint32_t open(const RtpStreamKey& key, std::int64_t time_us) noexcept;
  void follow(std::uint32_t slot, const RtpPacket& packet, std::int64_t time_us) noexcept;
  void keep_order(std::uint32_t slot, std::int64_t time_us) noexcept;
  void move(std::uint32_t slot, bool is_confirmed) noexcept;
  void end(std::uint32_t slot, std::int64_t now_us) noexcept;
  void end_unreported(std::uint32_t slot, std::int64_t now_us) noexcept;
  void report_end(std::uint32_t slot) noexcept;
  void leave(std::uint32_t slot, std::int64_t now_us) noexcept;
  void evict(std::int64_t now_us) noexcept;
  [[nodiscard]] bool end_silent(const SlotList& list, std::int64_t now_us) noexcept;
  void look_around(std::int64_t now_us) noexcept;

  // Which call: rtp_stream_calls.cpp.
  [[nodiscard]] bool may_have_other_call(const TrackedStream& one,
                                         std::int64_t time_us) const noexcept;
  [[nodiscard]] MediaMatch find_call(std::uint32_t slot, std::uint8_t payload_type,
                                     std::int64_t time_us) noexcept;
  [[nodiscard]] std::uint32_t with_call(std::uint32_t slot, std::uint8_t payload_type,
                                        std::int64_t time_us) noexcept;
  void look_for_call(std::uint32_t slot, std::int64_t now_us) noexcept;
  void take_match(std::uint32_t slot, const MediaMatch& match, std::int64_t time_us) noexcept;
  void hold_formats(TrackedStream& one, const MediaMatch& match) noexcept;
  void join_side(std::uint32_t slot, std::int64_t time_us) noexcept;
  void leave_side(std::uint32_t slot) noexcept;
  void join_session(std::uint32_t slot, std::uint32_t session) noexcept;
  void leave_session(std::uint32_t slot, std::int64_t now_us) noexcept;
  [[nodiscard]] SeenSide progress_of(const TrackedStream& one) const noexcept;
  [[nodiscard]] SeenSides progress_of(const MediaSession& session) const noexcept;
  void keep_progress(std::uint32_t slot) noexcept;
  void look_at_session(std::uint32_t session, std::int64_t now_us) noexcept;
  void end_session(std::uint32_t session, std::int64_t now_us) noexcept;
  void drop_session(std::uint32_t session, std::int64_t now_us) noexcept;
  void end_streams(std::uint32_t session, int max_reports, std::int64_t now_us) noexcept;

  // What came to pass: rtp_stream_events.cpp.
  void take_events(std::uint32_t slot, const RtpStep& step, std::int64_t time_us) noexcept;
  void check_codec(std::uint32_t slot, std::int64_t time_us) noexcept;
  void check_codec_again(std::uint32_t slot, std::int64_t time_us) noexcept;
  void tell_digit(std::uint32_t slot, const DtmfDigit& digit, std::int64_t time_us) noexcept;
  void tell(std::uint32_t slot, MediaEventKind kind, std::int64_t time_us, std::int64_t detail,
            char digit = 0) noexcept;

  [[nodiscard]] bool is_due(const TrackedStream& one, std::int64_t time_us) const noexcept;
  void report_period(std::uint32_t slot, std::int64_t time_us) noexcept;
  [[nodiscard]] StreamPayload payload_of(const TrackedStream& one,
                                         std::uint8_t payload_type) const noexcept;

  RtpOptions options_;
  MediaCalls& calls_;
  MediaSigns signs_;
  MediaNews news_;
  MediaSessions sessions_;
  RtpExtras extras_;
  RtpReports reports_;
  FormatLists formats_;
  StreamKeys keys_;
  FlowTable<PackedStreamKey, TrackedStream> table_;
  SlotList strays_;     // until a second packet confirms them; longest idle first
  SlotList confirmed_;  // the same, to a second
  RtpEventDetails details_;
  MediaText text_;
  std::int64_t next_look_us_ = 0;
  std::int64_t last_us_ = 0;
  RtpStreamCounts counts_;
  std::array<Waiting, most_waiting> packets_;  // that wait
  std::size_t waiting_ = 0;
};

}  // namespace heptap
