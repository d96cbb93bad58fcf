#pragma once

#include <array>
#include <cstdint>

#include "agent/calls/media_calls.hpp"
#include "agent/calls/media_observer.hpp"
#include "agent/pipeline/media_sessions.hpp"
#include "agent/pipeline/outlet.hpp"
#include "agent/pipeline/rtp_formats.hpp"
#include "agent/pipeline/rtp_options.hpp"
#include "agent/pipeline/stream_keys.hpp"
#include "agent/pipeline/tracked_stream.hpp"
#include "proto/hep/rtp_report_json.hpp"

namespace heptap {

/// What became of a report of a stream.
enum class RtpReportFate : std::uint8_t {
  sent,             ///< as JSON, under the Call-ID of its call
  unknown_address,  ///< the whole stream: no SDP has named its addresses
  ambiguous,        ///< the whole stream: several calls claim them
  call_over,        ///< its call was forgotten before the stream ended
  crowded,          ///< of a short stream, of a session that has had too many of them
  over_limit,       ///< does not fit into a frame
  no_call_id,       ///< nothing of the Call-ID may stand in a frame
  count_
};

/// gives     the enumerator's own spelling; static storage
[[nodiscard]] std::string_view to_string(RtpReportFate fate) noexcept;

/// Makes reports of streams: frames of payload type 34 for collectors, and values for whoever listens.
/// Anybody can begin streams under the addresses of a call: of those that are short, only so many of a
/// session are sent. One thread uses it; no allocation.
class RtpReports {
 public:
  /// Packets of a stream that is not short any more: a second of audio, as most send it.
  static constexpr std::uint64_t short_packets = 50;
  /// Short streams of a session whose reports are sent.
  static constexpr std::uint8_t max_short_streams = 32;

  /// outlet, observer   null: none. All outlive it.
  /// extras             of the streams
  /// is_degraded        empty: it never did
  RtpReports(MediaCalls& calls, Outlet* outlet, MediaObserver* observer, RtpExtras& extras,
             IsCaptureDegraded is_degraded)
      : calls_(calls),
        outlet_(outlet),
        observer_(observer),
        extras_(extras),
        is_degraded_(std::move(is_degraded)) {}

  /// A period of a stream of a session ends.
  /// type      periodic or hangup
  void period(hep::RtpReportType type, const RtpStreamKey& key, TrackedStream& stream,
              const StreamPayload& payload, MediaSessions& sessions, std::int64_t end_us) noexcept;

  /// The stream is over: the whole of it.
  void final(const RtpStreamKey& key, TrackedStream& stream, const StreamPayload& payload,
             MediaSessions& sessions) noexcept;

  /// A stream that no call was known of is over.
  void without_call(MediaMiss miss) noexcept;

  [[nodiscard]] const Counts<RtpReportFate>& fates() const noexcept { return fates_; }

 private:
  struct Subject {
    const RtpStreamKey& key;
    TrackedStream& stream;
    const StreamPayload& payload;
    MediaSession& session;
    MediaOwner owner;
  };

  void give(hep::RtpReportType type, const Subject& of, StreamReport& report,
            std::int64_t start_us) noexcept;
  [[nodiscard]] bool admit(const Subject& of) const noexcept;
  [[nodiscard]] bool send(hep::RtpReportType type, const Subject& of, const StreamReport& report,
                          std::int64_t start_us, std::string_view correlation_id) noexcept;

  MediaCalls& calls_;
  Outlet* outlet_;
  MediaObserver* observer_;
  RtpExtras& extras_;
  IsCaptureDegraded is_degraded_;
  MediaText text_;
  std::array<std::uint8_t, 4096> json_;
  Counts<RtpReportFate> fates_;
};

}  // namespace heptap
