#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "proto/result.hpp"
#include "proto/sip/message.hpp"

namespace heptap {

/// An address as SDP writes it.
struct SdpAddressView {
  std::string_view text;                  ///< without "/ttl"; empty when there is none
  std::array<std::uint8_t, 16> octets{};  ///< in network order; only the first `size` count
  std::uint8_t size = 0;                  ///< 4, 16, or 0 when the text is a name

  [[nodiscard]] std::span<const std::uint8_t> binary() const noexcept {
    return {octets.data(), size};
  }
};

enum class SdpDirection : std::uint8_t { unset, sendrecv, sendonly, recvonly, inactive };

/// a=rtpmap:96 opus/48000/2
struct SdpRtpMapView {
  std::string_view encoding;
  std::uint32_t clock_hz = 0;
  std::uint8_t payload_type = 0;
  std::uint8_t channels = 1;
};

/// a=candidate, RFC 8839 section 5.1
struct SdpCandidateView {
  SdpAddressView address;
  std::string_view transport;   ///< "UDP"
  std::string_view type;        ///< "host"
  std::uint16_t component = 0;  ///< 1: RTP, 2: RTCP
  std::uint16_t port = 0;
};

/// What may stand on session level and on media level.
struct SdpScopeView {
  SdpAddressView connection;
  std::string_view ice_ufrag;
  std::string_view ice_pwd;
  SdpDirection direction = SdpDirection::unset;
  bool has_crypto = false;       ///< a=crypto: SDES keys, RFC 4568
  bool clear_srtcp = false;      ///< a=crypto with UNENCRYPTED_SRTCP, RFC 4568 section 6.3.2
  bool has_fingerprint = false;  ///< a=fingerprint: DTLS-SRTP, RFC 8122
};

/// One m= line and what belongs to it.
struct SdpMediaView : SdpScopeView {
  static constexpr std::size_t max_payload_types = 32;

  std::string_view type;     ///< "audio"
  std::string_view proto;    ///< "RTP/AVP"
  std::string_view formats;  ///< "0 8 101"
  std::uint16_t port = 0;    ///< 0: refused
  std::uint16_t port_count = 1;
  std::uint16_t rtcp_port = 0;  ///< of a=rtcp, RFC 3605; 0: not written
  SdpAddressView rtcp_address;  ///< of a=rtcp; empty: not written
  std::string_view mid;         ///< RFC 5888; empty: not written
  std::uint16_t ptime_ms = 0;   ///< of a=ptime; 0: not written
  bool rtcp_mux = false;        ///< RFC 5761; also set by a=rtcp-mux-only
  bool rtcp_mux_only = false;   ///< RFC 8858: there is no port for RTCP alone
  bool rtcp_rsize = false;      ///< RFC 5506
  bool bundle_only = false;     ///< RFC 9143 section 6: port 0 does not refuse it
  std::uint8_t payload_type_count = 0;
  std::array<std::uint8_t, max_payload_types> payload_types{};  ///< formats that are 0 to 127

  // Which of SdpView's rtpmaps and candidates are this media's.
  std::uint16_t first_rtpmap = 0;
  std::uint16_t rtpmap_count = 0;
  std::uint16_t first_candidate = 0;
  std::uint16_t candidate_count = 0;
};

/// What media correlation needs of one session description, in borrowed text. Reusable; allocates
/// nothing; about 15 KiB, so keep one per worker.
/// lifetime  views die with the text given to parse_sdp()
class SdpView {
 public:
  static constexpr std::size_t max_media = 32;
  static constexpr std::size_t max_rtpmaps = 128;
  static constexpr std::size_t max_candidates = 64;
  static constexpr std::size_t max_bundles = 4;
  static constexpr std::size_t max_bytes = 65535;

  [[nodiscard]] const SdpScopeView& session() const noexcept { return session_; }
  [[nodiscard]] std::span<const SdpMediaView> media() const noexcept {
    return {media_.data(), media_count_};
  }
  [[nodiscard]] std::span<const SdpRtpMapView> rtpmaps(const SdpMediaView& media) const noexcept {
    return std::span(rtpmaps_).subspan(media.first_rtpmap, media.rtpmap_count);
  }
  [[nodiscard]] std::span<const SdpCandidateView> candidates(
      const SdpMediaView& media) const noexcept {
    return std::span(candidates_).subspan(media.first_candidate, media.candidate_count);
  }

  /// Where RTP is wanted: the media's own c= line, else the session's.
  [[nodiscard]] const SdpAddressView& address(const SdpMediaView& media) const noexcept {
    return media.connection.text.empty() ? session_.connection : media.connection;
  }
  /// Where RTCP is wanted: of a=rtcp, else as RTP.
  [[nodiscard]] const SdpAddressView& rtcp_address(const SdpMediaView& media) const noexcept {
    return media.rtcp_address.text.empty() ? address(media) : media.rtcp_address;
  }
  /// Of a=rtcp, else one above RTP; 0 for refused media. With a=rtcp-mux RTCP may as well come to
  /// the RTP port: which of them, the answer decides (RFC 5761 section 5.1.1).
  [[nodiscard]] static std::uint16_t rtcp_port(const SdpMediaView& media) noexcept;
  /// The media's own, else the session's, else sendrecv (RFC 8866 section 6.7).
  [[nodiscard]] SdpDirection direction(const SdpMediaView& media) const noexcept;

  /// The media whose address and port all of its bundle use, by position in media(): the first of
  /// its a=group:BUNDLE that is there and not refused; its own position when it is in none.
  /// source    RFC 9143 sections 7.2 and 7.3
  [[nodiscard]] std::size_t bundle_tag(std::size_t media) const noexcept;

  /// More media, rtpmaps, candidates, bundles or payload types than are kept.
  [[nodiscard]] bool overflow() const noexcept { return overflow_; }
  /// A line that is no `x=...`, or a c=, m= or a= line whose value could not be read.
  [[nodiscard]] bool has_bad_line() const noexcept { return bad_line_; }

 private:
  friend class SdpScanner;

  /// gives     max_media when it has none
  [[nodiscard]] std::size_t first_of_bundle(std::string_view mids) const noexcept;

  SdpScopeView session_;
  std::size_t media_count_ = 0;
  std::size_t rtpmap_count_ = 0;
  std::size_t candidate_count_ = 0;
  std::size_t bundle_count_ = 0;
  bool overflow_ = false;
  bool bad_line_ = false;
  std::array<SdpMediaView, max_media> media_;
  std::array<SdpRtpMapView, max_rtpmaps> rtpmaps_;
  std::array<SdpCandidateView, max_candidates> candidates_;
  std::array<std::string_view, max_bundles> bundles_;  // the mids of each
};

/// Whether RTP of this media is encrypted by its profile: RTP/SAVP and its relatives. A profile in
/// clear with keys beside it (has_crypto, has_fingerprint) may become SRTP by the answer.
/// source    RFC 3711 section 12, RFC 5124 section 5, RFC 5764 section 8
[[nodiscard]] bool is_srtp(const SdpMediaView& media) noexcept;

/// The same for its RTCP, which keys may leave in clear.
[[nodiscard]] bool is_srtcp(const SdpMediaView& media) noexcept;

/// Reads a session description, leniently: a line that cannot be read is skipped and flagged.
/// text      the SDP body; lines may end in a bare LF, the last one in nothing
/// errors    malformed: it does not begin with an `x=` line, so it is no SDP; over_limit: larger
///           than SdpView::max_bytes
/// source    RFC 8866 sections 5 and 9
[[nodiscard]] Errc parse_sdp(std::string_view text, SdpView& out) noexcept;

/// The SDP in a message: its body or the first such part of a multipart body; empty when none.
[[nodiscard]] std::string_view find_sdp(const SipView& message) noexcept;

}  // namespace heptap
