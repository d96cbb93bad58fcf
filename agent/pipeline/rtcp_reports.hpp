#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "agent/calls/media_calls.hpp"
#include "agent/pipeline/counts.hpp"
#include "agent/pipeline/outlet.hpp"
#include "agent/pipeline/rtcp_receptions.hpp"
#include "agent/pipeline/rtcp_suspects.hpp"
#include "agent/pipeline/srtcp_sources.hpp"
#include "agent/report/ledger.hpp"
#include "proto/net/packet.hpp"
#include "proto/rtp/rtcp.hpp"

namespace heptap {

/// What became of a datagram of RTCP, or SRTCP.
enum class RtcpFate : std::uint8_t {
  sent,             ///< as JSON, under the Call-ID of its call
  sent_unmatched,   ///< the same under its addresses, as no call is known
  taken,            ///< into account for the report of its call, and not sent
  unknown_address,  ///< no SDP has named its addresses, nor did within the patience
  crowded_out,      ///< the same, but it could not wait: too many do, or it is too long
  ambiguous,        ///< several calls claim them
  call_over,
  implausible,       ///< walks as RTCP and says what cannot be: encrypted, or damaged
  suspect,           ///< of a port that did so twice in a row
  encrypted,         ///< SRTCP, by SDP or by its index
  unproven,          ///< starts as RTCP and does not walk: encrypted, damaged or cut
  no_report,         ///< nothing but goodbyes, feedback and the like, which no collector reads
  too_many_packets,  ///< in one compound
  over_limit,        ///< more reports than a frame has room for
  no_call_id,        ///< nothing of the Call-ID may stand in a frame
  count_
};

/// gives     the enumerator's own spelling; static storage
[[nodiscard]] std::string_view to_string(RtcpFate fate) noexcept;

/// Where reports of RTCP go. Everything given outlives them; null: not there.
struct RtcpOutlets {
  Outlet* outlet = nullptr;           ///< as frames of payload type 5
  bool send_unmatched = false;        ///< those of no call, too, once they need not wait any longer
  MediaObserver* observer = nullptr;  ///< is told of what those of calls say
};

/// Brings each datagram of RTCP to the call it belongs to, and on, unless it is encrypted. Reports that
/// come before the SDP that explains them wait for it. One thread uses it; no allocation once it is made.
class RtcpReports {
 public:
  /// Packet time that a report waits for the SDP of its call.
  static constexpr std::int64_t patience_us = 2'000'000;
  static constexpr std::size_t max_waiting = 256;
  static constexpr std::size_t max_waiting_bytes = 1472;  ///< a longer one does not wait
  /// Packets in a compound. Endpoints send a handful, mixers some for each of their sources; a datagram
  /// has room for thousands of empty ones, and each is walked several times.
  static constexpr std::uint32_t max_packets = 64;

  /// calls     must outlive it
  RtcpReports(MediaCalls& calls, const RtcpOutlets& outlets);

  /// packets   in the datagram, as count_rtcp() gives them
  void take(const Packet& datagram, const RtcpCounts& packets, std::int64_t time_us) noexcept;

  /// The same for a datagram that looks_like_rtcp() and does not walk. It does not wait: most have
  /// nothing to say.
  void take_srtcp(const Packet& datagram, std::int64_t time_us) noexcept;

  /// Asks again for those that wait. To be called for all that comes: it costs nothing when none
  /// waits, and little otherwise.
  /// now_us    packet time; far back from what it was when the clock was set back
  void look_again(std::int64_t now_us) noexcept {
    if (waiting_.empty()) return;
    const std::int64_t left_us = next_look_us_ - now_us;
    if (left_us <= 0 || left_us > look_every_us) ask_for_waiting(now_us);
  }

  /// Nothing more comes: nobody waits any longer.
  void finish() noexcept;

  /// gives     datagrams taken: those of all fates, and the held ones
  [[nodiscard]] std::uint64_t entered() const noexcept { return entered_; }
  [[nodiscard]] const Counts<RtcpFate>& fates() const noexcept { return fates_; }
  [[nodiscard]] std::uint64_t held() const noexcept { return waiting_.size(); }
  /// gives     the addresses whose round trips are followed; nothing: nobody is told of them
  [[nodiscard]] std::optional<TableUse> pairs() const noexcept {
    return receptions_ ? std::optional(receptions_->use()) : std::nullopt;
  }
  /// gives     the sources that send SRTCP, or what may be that
  [[nodiscard]] TableUse srtcp_sources() const noexcept { return srtcp_.use(); }
  /// gives     the ports that have sent what is not plausible
  [[nodiscard]] TableUse suspects() const noexcept { return suspects_.use(); }

 private:
  static constexpr std::int64_t look_every_us = 50'000;

  struct Waiting {
    /// lifetime  until the entry moves
    [[nodiscard]] Packet datagram() const noexcept {
      Packet out = packet;
      out.payload = Bytes(bytes).first(packet.payload.size());
      return out;
    }

    Packet packet;  // its payload says only how much of `bytes` there is
    std::int64_t time_us = 0;
    std::array<std::uint8_t, max_waiting_bytes> bytes;
  };

  // walks: count_rtcp() takes the datagram, whose packets are known to have a report then
  [[nodiscard]] MediaMatch find(const Packet& datagram, bool walks, std::int64_t time_us) noexcept;
  [[nodiscard]] bool wait(const Packet& datagram, std::int64_t time_us) noexcept;
  void ask_for_waiting(std::int64_t now_us) noexcept;
  void settle(const Packet& datagram, bool walks, std::int64_t time_us,
              const MediaMatch& match) noexcept;
  [[nodiscard]] RtcpFate judge(const Packet& datagram, bool walks, std::int64_t time_us,
                               const MediaMatch& match) noexcept;
  [[nodiscard]] RtcpFate judge_plain(const Packet& plain, std::int64_t time_us,
                                     const MediaMatch& match) noexcept;
  [[nodiscard]] RtcpFate send(const Packet& plain, std::int64_t time_us,
                              const MediaMatch& match) noexcept;

  MediaCalls& calls_;
  RtcpOutlets outlets_;
  SrtcpSources srtcp_;
  RtcpSuspects suspects_;
  std::optional<RtcpReceptions> receptions_;
  std::vector<Waiting> waiting_;  // oldest first; never more than its capacity
  std::int64_t next_look_us_ = 0;
  MediaText text_;
  std::array<std::uint8_t, 16'384> json_;
  std::uint64_t entered_ = 0;
  Counts<RtcpFate> fates_;
};

}  // namespace heptap
