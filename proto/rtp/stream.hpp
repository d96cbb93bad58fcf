#pragma once

#include <cstdint>

#include "proto/rtp/arrival.hpp"
#include "proto/rtp/burst_gap.hpp"
#include "proto/rtp/dtmf.hpp"
#include "proto/rtp/jitter.hpp"
#include "proto/rtp/rtp_extras.hpp"
#include "proto/rtp/rtp_format.hpp"
#include "proto/rtp/rtp_packet.hpp"
#include "proto/rtp/sequence.hpp"

namespace heptap {

/// What came to pass with a packet; a set of bits.
enum class RtpEvent : std::uint8_t {
  confirmed = 1,      ///< this is a stream, not a stray packet
  restarted = 2,      ///< the sender began again, with other sequence numbers
  codec_changed = 4,  ///< three packets in a row have another payload type than those before
  media_gap = 8,      ///< nothing came for more than a second, and no silence was announced
  digit_started = 16,
  digit_ended = 32,
  clock_estimated = 64,  ///< of a payload type that nobody explained
};

/// What a packet was to its stream, and what came to pass.
struct RtpStep {
  SequenceStep sequence = SequenceStep::first;
  std::uint8_t events = 0;

  [[nodiscard]] bool has(RtpEvent event) const noexcept {
    return (events & static_cast<unsigned>(event)) != 0;
  }
  void set(RtpEvent event) noexcept {
    events = static_cast<std::uint8_t>(events | static_cast<unsigned>(event));
  }
};

/// Of the events of a step; the rest is as it was.
struct RtpEventDetails {
  std::uint8_t codec_before = 0;  ///< codec_changed: payload types
  std::uint8_t codec_now = 0;
  std::int64_t gap_start_ns = 0;  ///< media_gap: time of the last packet before it
  double gap_ms = 0;
  DtmfDigits digits;  ///< digit_started, digit_ended
};

/// Figures of a whole stream, or of a period of it.
struct RtpFigures {
  RtpCounts counts;
  std::uint64_t payload_bytes = 0;  ///< without headers and padding
  double jitter_ms = 0;             ///< as it stands; without a clock all jitter is 0
  double mean_jitter_ms = 0;
  double max_jitter_ms = 0;
  DeltaFigures delta;           ///< of a period: without max_talk_ms
  double skew_ms = 0;           ///< as it stands
  double max_skew_ms = 0;       ///< of the whole stream
  std::uint32_t loss_runs = 0;  ///< losses in a row count once
  double burst_ratio = 1;       ///< BurstR, for the E-model
  std::int64_t first_ns = 0;    ///< first packet of the whole stream
  std::int64_t last_ns = 0;
  std::uint32_t clock_hz = 0;     ///< 0: unknown
  std::uint16_t restarts = 0;     ///< of the whole stream
  std::uint8_t payload_type = 0;  ///< of the codec
  double ptime_ms = 0;            ///< what most packets carry; 0: unknown
};

/// Follows one RTP stream, which is what has one source and goes from one address and port to
/// another, by its headers and the times at which its packets were seen. Of payloads, it reads
/// telephone events, and of those that may be frames of silence two bytes. What only some streams need
/// is in RtpExtras, the same ones for every call.
/// source    RFC 3550, RFC 3611, RFC 4733
class RtpStream {
 public:
  /// A pause longer than this is an event.
  static constexpr double media_gap_ms = 1000;

  /// time_ns    packet time, not lower than that of the packet before but for disorder
  /// format_of  gives the RtpFormat of a payload type; asked when it is not that of the last packet
  ///            of audio or video
  /// out        written where the step has the event
  template <class FormatOf>
  RtpStep add(const RtpPacket& packet, std::int64_t time_ns, FormatOf&& format_of,
              RtpExtras& extras, RtpEventDetails& out) noexcept {
    if (has_format_ && packet.payload_type == last_payload_type_) {
      return add_as(packet, time_ns, {jitter_.clock_hz(), kind_, silence_}, extras, out);
    }
    return add_as(packet, time_ns, format_of(packet.payload_type), extras, out);
  }

  /// Payload types may mean something else from now on: ask again.
  void forget_formats() noexcept { has_format_ = false; }

  /// Ends a digit for which nothing came for 200 ms, or any digit when the stream is over.
  /// gives     whether there was one; then it is written to `out`
  bool end_digit(std::int64_t now_ns, bool is_over, RtpExtras& extras, DtmfDigit& out) noexcept;

  /// Of a digit that has ended.
  /// gives     its number, from 1; held at 65535
  [[nodiscard]] std::uint16_t number_digit(RtpExtras& extras) noexcept;

  /// The stream is forgotten.
  void leave(RtpExtras& extras) noexcept;

  /// Whether no packet has come.
  [[nodiscard]] bool is_empty() const noexcept { return run_.count == 0; }
  [[nodiscard]] bool is_confirmed() const noexcept { return is_confirmed_; }
  /// Of the codec; 0 as long as there was none.
  [[nodiscard]] std::uint8_t payload_type() const noexcept { return payload_type_; }
  /// Whether there was anything but telephone events, comfort noise and redundancy.
  [[nodiscard]] bool has_codec() const noexcept { return has_codec_; }
  [[nodiscard]] std::int64_t first_ns() const noexcept { return arrivals_.first_ns(); }
  [[nodiscard]] std::int64_t last_ns() const noexcept { return arrivals_.last_ns(); }
  /// Whether take_period() was called.
  [[nodiscard]] bool has_periods() const noexcept { return has_periods_; }
  /// Whether silence was announced once: a pause says nothing any more.
  [[nodiscard]] bool has_comfort_noise() const noexcept { return has_comfort_noise_; }
  [[nodiscard]] RtpCounts counts(const RtpExtras& extras) const noexcept;

  [[nodiscard]] RtpFigures total(const RtpExtras& extras) const noexcept;
  [[nodiscard]] BurstGapFigures bursts(const RtpExtras& extras) const noexcept;
  /// gives     the figures since the last call
  [[nodiscard]] RtpFigures take_period(RtpExtras& extras) noexcept;

 private:
  RtpStep add_as(const RtpPacket& packet, std::int64_t time_ns, const RtpFormat& format,
                 RtpExtras& extras, RtpEventDetails& out) noexcept;
  void take_time(const RtpPacket& packet, std::int64_t time_ns, const RtpFormat& format,
                 RtpStep& step, RtpEventDetails& out) noexcept;
  [[nodiscard]] SequenceStep take_number(std::uint16_t sequence, RtpExtras& extras) noexcept;
  void take_event(const RtpPacket& packet, std::int64_t time_ns, std::uint32_t clock_hz,
                  RtpStep& step, RtpExtras& extras, RtpEventDetails& out) noexcept;
  void take_media(const RtpPacket& packet, std::int64_t time_ns, const RtpFormat& format,
                  RtpStep& step, RtpExtras& extras, RtpEventDetails& out) noexcept;
  void take_clock(const RtpPacket& packet, std::int64_t time_ns, RtpStep& step) noexcept;
  void remember(std::uint8_t payload_type, const RtpFormat& format) noexcept;
  void follow_codec(std::uint8_t payload_type, RtpStep& step, RtpEventDetails& out) noexcept;
  [[nodiscard]] RtpFigures figures(const RtpExtras& extras) const noexcept;
  [[nodiscard]] RtpExtra& extra_of(RtpExtras& extras) noexcept;
  void count_payload(std::uint32_t bytes) noexcept;
  [[nodiscard]] std::uint64_t payload_bytes() const noexcept {
    return std::uint64_t{payload_bytes_high_} << 32U | payload_bytes_;
  }
  [[nodiscard]] BurstGap all_losses(const RtpExtras& extras) const noexcept;
  /// gives     those of when the period began; from now on they are those of now
  [[nodiscard]] RtpCounts renew_earlier(RtpExtras& extras) noexcept;

  // What follows a class may begin in its padding.
  [[no_unique_address]] RtpJitter jitter_;
  std::uint32_t payload_bytes_ = 0;     // the low bits
  std::uint32_t earlier_bytes_ = 0;     // the same, when the period began
  std::uint32_t extra_or_earlier_ = 0;  // has_extra_: its number; else count of the run, likewise
  [[no_unique_address]] RtpRun run_;    // until there is an extra, which goes on with it
  std::uint16_t payload_bytes_high_ = 0;
  [[no_unique_address]] RtpArrivals arrivals_;
  std::uint8_t last_payload_type_ = 0;
  std::uint8_t payload_type_ = 0;
  std::uint8_t estimated_khz_ = 0;  // by the stretch before
  std::uint8_t other_in_a_row_ : 2 = 0;
  std::uint8_t unclocked_ : 6 = 0;  // packets of the stretch that the clock is estimated by
  RtpKind kind_ : 4 = RtpKind::audio;
  SilenceFrames silence_ : 4 = SilenceFrames::none;
  bool has_format_ : 1 = false;  // clock, kind and silence are those of last_payload_type_
  bool has_codec_ : 1 = false;
  bool has_extra_ : 1 = false;
  bool has_periods_ : 1 = false;
  bool is_confirmed_ : 1 = false;
  bool is_after_noise_ : 1 = false;
  bool has_comfort_noise_ : 1 = false;
};

static_assert(sizeof(RtpStream) <= 128);

}  // namespace heptap
