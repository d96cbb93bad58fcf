#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

#include "agent/calls/media_observer.hpp"
#include "proto/rtp/quality_series.hpp"

// What is kept of the media of a call until it is reported. Values that nobody said are not there.
namespace heptap {

/// A short text in a fixed size; what does not fit is cut.
template <std::size_t max_bytes>
class ShortText {
 public:
  ShortText() noexcept = default;
  explicit ShortText(std::string_view text) noexcept
      : size_(static_cast<std::uint8_t>(std::min(text.size(), max_bytes))) {
    static_assert(max_bytes < 256);
    std::copy_n(text.begin(), size_, bytes_.begin());
  }
  [[nodiscard]] std::string_view view() const noexcept { return {bytes_.data(), size_}; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  bool operator==(const ShortText&) const noexcept = default;

 private:
  std::array<char, max_bytes> bytes_{};
  std::uint8_t size_ = 0;
};

/// At most N values, in place.
template <class T, std::size_t N>
class Few {
 public:
  [[nodiscard]] std::size_t size() const noexcept { return count_; }
  [[nodiscard]] bool empty() const noexcept { return count_ == 0; }
  [[nodiscard]] T* begin() noexcept { return items_.data(); }
  [[nodiscard]] T* end() noexcept { return items_.data() + count_; }
  [[nodiscard]] const T* begin() const noexcept { return items_.data(); }
  [[nodiscard]] const T* end() const noexcept { return items_.data() + count_; }
  [[nodiscard]] T& operator[](std::size_t at) noexcept { return items_[at]; }
  [[nodiscard]] const T& operator[](std::size_t at) const noexcept { return items_[at]; }

  void clear() noexcept { count_ = 0; }
  /// What does not fit is left out.
  void push_back(const T& value) noexcept {
    if (count_ < N) items_[count_++] = value;
  }

 private:
  std::array<T, N> items_{};
  std::size_t count_ = 0;
};

using CodecName = ShortText<23>;

/// A stream of RTP, as the tap saw it.
struct StreamRecord {
  std::uint32_t next = 0;
  std::uint32_t ssrc = 0;
  FlowKey flow;
  MediaParty sender = MediaParty::caller;
  MediaType type = MediaType::other;
  std::uint8_t media = 0;
  bool is_srtp = false;
  bool is_capture_degraded = false;  ///< in one of its periods
  bool is_final = false;             ///< the figures are those of the whole stream
  CodecName codec;                   ///< empty: not known
  RtpFigures figures;                ///< or else of the periods so far, put together
  std::optional<VoiceQuality> quality;
  std::optional<double> mos_legacy;
  QualitySeries series;  ///< of its periods; MOS is the E-model's MOS-LQ
};

/// A stream, as its receiver reports on it by RTCP.
struct ReceptionRecord {
  std::uint32_t next = 0;
  std::uint32_t ssrc = 0;  ///< of the stream
  std::uint32_t reporter = 0;
  std::uint32_t clock_hz = 0;
  MediaParty sender = MediaParty::caller;  ///< of the stream
  MediaType type = MediaType::other;
  std::uint8_t media = 0;
  std::uint32_t reports = 0;
  std::int64_t last_us = 0;
  std::optional<ReportBlock> last;
  std::optional<XrVoipMetrics> voip;  ///< the last
  QualitySeries series;               ///< MOS is rtpengine's, of the reports that have a round trip
};

/// A source of RTCP that is encrypted, or has the trailer of SRTCP.
struct SrtcpRecord {
  std::uint32_t next = 0;
  std::uint32_t ssrc = 0;
  FlowKey flow;
  MediaParty sender = MediaParty::caller;
  MediaType type = MediaType::other;
  std::uint8_t media = 0;
  bool is_encrypted = true;  ///< as of the last datagram
  std::uint32_t packets = 0;
  std::uint32_t lost = 0;              ///< meaningless without an index
  std::optional<std::uint32_t> index;  ///< the last
  std::int64_t last_us = 0;
};

/// One direction of what a phone reports.
struct PhoneFigures {
  bool is_reported = false;
  CodecName codec;
  std::optional<std::uint32_t> ssrc;
  std::optional<std::uint64_t> packets;  ///< sent, or received
  std::optional<std::uint64_t> packets_lost;
  std::optional<double> loss_percent;
  std::optional<double> discard_percent;
  std::optional<double> jitter_ms;
  std::optional<double> rtt_ms;
  std::optional<double> r_lq;
  std::optional<double> r_cq;
  std::optional<double> mos_lq;
  std::optional<double> mos_cq;
  std::optional<double> mos;  ///< which of both is not said

  bool operator==(const PhoneFigures&) const noexcept = default;
};

struct PhoneRecord {
  std::uint32_t next = 0;
  MediaParty reporter = MediaParty::caller;
  bool is_reporter_known = false;
  bool is_final = true;
  MediaType type = MediaType::audio;
  std::int64_t time_us = 0;
  PhoneFigures received;
  PhoneFigures sent;
};

struct MediaEventRecord {
  std::uint32_t next = 0;
  std::uint32_t ssrc = 0;
  std::int64_t time_us = 0;
  std::int64_t detail = 0;
  MediaEventKind kind = MediaEventKind::restarted;
  MediaParty sender = MediaParty::caller;
  MediaType type = MediaType::other;
  std::uint8_t media = 0;
  char digit = 0;  ///< 0: not to be shown
};

/// From the first packet of RTP to the last.
struct MediaSpan {
  std::int64_t first_ns = std::numeric_limits<std::int64_t>::max();
  std::int64_t last_ns = std::numeric_limits<std::int64_t>::min();

  [[nodiscard]] bool empty() const noexcept { return last_ns < first_ns; }
  void add(std::int64_t first, std::int64_t last) noexcept {
    first_ns = std::min(first_ns, first);
    last_ns = std::max(last_ns, last);
  }
};

/// What each party sent, by MediaParty.
using MediaSpans = std::array<MediaSpan, 2>;

/// All that is kept of the media of one call, in order of appearance.
struct CallMedia {
  static constexpr std::size_t max_streams = 8;
  static constexpr std::size_t max_receptions = 8;
  static constexpr std::size_t max_srtcp = 8;
  static constexpr std::size_t max_phone_reports = 4;
  static constexpr std::size_t max_events = 32;

  Few<StreamRecord, max_streams> streams;
  Few<ReceptionRecord, max_receptions> receptions;
  Few<SrtcpRecord, max_srtcp> srtcp;
  Few<PhoneRecord, max_phone_reports> phone_reports;
  Few<MediaEventRecord, max_events> events;
  MediaSpans spans;            ///< of all streams, also of those above the bound
  std::uint32_t not_kept = 0;  ///< reports that were above a bound, and records that made room

  [[nodiscard]] bool empty() const noexcept {
    return streams.empty() && receptions.empty() && srtcp.empty() && phone_reports.empty() &&
           events.empty();
  }
  void clear() noexcept {
    streams.clear();
    receptions.clear();
    srtcp.clear();
    phone_reports.clear();
    events.clear();
    spans = {};
    not_kept = 0;
  }
  /// Adds what is known of another one; what does not fit is left out.
  void append(const CallMedia& other) noexcept;
  /// What the tap measured: kept streams, without those a hundred times smaller than another.
  [[nodiscard]] CallQuality measured() const noexcept;
  /// What RTCP said, of the pairs that are kept.
  [[nodiscard]] CallQuality reported() const noexcept;
};

// What a report adds to the record of its stream. The first makes it.
void add_report(StreamRecord& record, const StreamReport& report) noexcept;
void add_report(ReceptionRecord& record, const ReceptionReport& report) noexcept;
void add_report(SrtcpRecord& record, const SrtcpReport& report) noexcept;
[[nodiscard]] PhoneRecord record_of(const PhoneReport& report) noexcept;
[[nodiscard]] MediaEventRecord record_of(const MediaEventReport& event) noexcept;

}  // namespace heptap
