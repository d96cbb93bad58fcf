#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "agent/calls/media_match.hpp"
#include "proto/net/flow_key.hpp"
#include "proto/quality/reported_quality.hpp"
#include "proto/rtp/dtmf.hpp"
#include "proto/rtp/rtcp_report.hpp"
#include "proto/rtp/rtcp_xr_voip.hpp"
#include "proto/rtp/stream.hpp"
#include "proto/rtp/voice_quality.hpp"

namespace heptap {

/// Whose media something is about.
/// lifetime  the text dies with what it is part of
struct MediaOwner {
  std::uint64_t call_hash = 0;  ///< of the Call-ID, as CallTable::expect() gives it
  std::string_view call_id;
  MediaParty sender = MediaParty::caller;  ///< of the packets
  MediaType type = MediaType::other;
  std::uint8_t media = 0;  ///< position of the m= line
};

/// A period of a stream of RTP, or the whole of it when it is over.
struct StreamReport {
  MediaOwner owner;
  FlowKey flow;
  std::uint32_t ssrc = 0;
  std::int64_t time_us = 0;  ///< end of the period
  RtpFigures figures;
  PayloadFormat format;                 ///< of the codec; clock_hz 0: not known
  std::string_view codec_name;          ///< as SDP has it; empty: not known
  std::optional<VoiceQuality> quality;  ///< nothing for what is no voice
  std::optional<double> mos_legacy;     ///< rtpengine's
  bool is_srtp = false;
  bool is_capture_degraded = false;  ///< the tap itself lost packets meanwhile
  bool is_final = false;
};

enum class MediaEventKind : std::uint8_t {
  codec_not_in_sdp,  ///< detail: payload type
  codec_changed,     ///< detail: payload type now
  restarted,
  media_gap,      ///< detail: milliseconds
  dtmf,           ///< detail: which of the stream's it is, from 1; digit only when it may be shown
  media_timeout,  ///< nothing came for longer than the limit
  one_way_audio,
  no_audio,
  two_way_audio,    ///< after one of the two before: the one who was silent is heard now
  late_media,       ///< detail: milliseconds after the answer
  media_after_bye,  ///< detail: milliseconds
  ssrc_changed,
  count_
};

/// gives     the enumerator's own spelling; static storage
[[nodiscard]] std::string_view to_string(MediaEventKind kind) noexcept;

/// Whether it happens to a stream, whose SSRC is known, and not to the media as a whole.
[[nodiscard]] bool is_of_stream(MediaEventKind kind) noexcept;

/// Whether its detail says something.
[[nodiscard]] bool has_detail(MediaEventKind kind) noexcept;

struct MediaEventReport {
  MediaOwner owner;
  MediaEventKind kind = MediaEventKind::restarted;
  std::int64_t time_us = 0;
  std::uint32_t ssrc = 0;   ///< where is_of_stream()
  std::int64_t detail = 0;  ///< where has_detail()
  char digit = 0;           ///< as dtmf_character() gives it; 0: not to be shown
};

/// What an endpoint says by RTCP about one stream that it receives.
struct ReceptionReport {
  MediaOwner owner;  ///< of the stream reported on: `sender` sends that stream
  std::int64_t time_us = 0;
  std::uint32_t reporter = 0;  ///< SSRC
  std::uint32_t ssrc = 0;      ///< of the stream reported on
  std::optional<ReportBlock> block = {};
  std::optional<XrVoipMetrics> voip = {};
  std::uint32_t clock_hz = 0;    ///< of the stream; 0: not known, and so is its jitter in ms
  std::optional<double> rtt_ms;  ///< at the tap, both halves; else as VoIP metrics have it
};

/// What can be said without keys of RTCP that a source sends encrypted, or with a trailer.
struct SrtcpReport {
  MediaOwner owner;
  FlowKey flow;
  std::uint32_t ssrc = 0;              ///< of the source
  std::int64_t time_us = 0;            ///< of the last datagram
  std::uint32_t packets = 0;           ///< datagrams since the last report of this source
  std::uint32_t lost = 0;              ///< the same, by gaps in the index
  std::optional<std::uint32_t> index;  ///< the last one; nothing: it is not known where it is
  bool is_encrypted = true;  ///< else its values are in clear, and in reports of their own
};

/// What a phone says in a message of SIP about its streams.
struct PhoneReport {
  std::uint64_t call_hash = 0;  ///< of the call it is about
  std::string_view call_id;
  std::int64_t time_us = 0;
  MediaParty reporter = MediaParty::caller;  ///< meaningless unless is_reporter_known
  bool is_reporter_known = false;
  bool is_final = true;
  MediaType type = MediaType::audio;
  const ReportedStreamsView* streams = nullptr;  ///< dies with the message
};

/// Told of what is found out about the media of calls. Any worker's thread may call it, several at a
/// time; what it is given dies with the call.
class MediaObserver {
 public:
  MediaObserver() = default;
  virtual ~MediaObserver() = default;
  MediaObserver(const MediaObserver&) = delete;
  MediaObserver& operator=(const MediaObserver&) = delete;

  virtual void on_stream(const StreamReport& report) noexcept = 0;
  virtual void on_event(const MediaEventReport& event) noexcept = 0;
  virtual void on_reception(const ReceptionReport& report) noexcept = 0;
  virtual void on_phone_report(const PhoneReport& report) noexcept = 0;
  virtual void on_srtcp([[maybe_unused]] const SrtcpReport& report) noexcept {}
  /// Media of this call still flow: told every few seconds, whatever is reported and when.
  /// time_us   of the last packet
  virtual void on_media([[maybe_unused]] std::uint64_t call_hash,
                        [[maybe_unused]] std::int64_t time_us) noexcept {}
};

}  // namespace heptap
