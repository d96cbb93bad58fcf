#pragma once

#include <cstdint>
#include <string_view>

#include "proto/bytes.hpp"
#include "proto/result.hpp"
#include "proto/rtp/rtcp.hpp"
#include "proto/rtp/rtp.hpp"

namespace heptap {

/// What a transport payload holds, told by its content, never by its port.
enum class Content : std::uint8_t {
  sip,
  rtcp,
  srtcp,  ///< starts as RTCP and does not walk: encrypted, or damaged; no number in it counts
  rtp,    ///< has the header of RTP: one datagram cannot prove more
  stun,
  dtls,
  tls,
  hep,         ///< a HEP3 frame: somebody's capture of somebody's capture, never wrapped again
  keep_alive,  ///< empty, nothing but CR, LF and NUL (RFC 5626 pings, NAT keep-alives), or "jaK"
  http,
  json,
  no_payload,  ///< a TCP segment without data
  stream,      ///< a segment of TCP or SCTP, of which the messages are counted elsewhere
  other,
  count_
};

/// gives     the enumerator's own spelling; static storage
[[nodiscard]] std::string_view to_string(Content content) noexcept;

/// Whether it starts as RTCP.
[[nodiscard]] constexpr bool is_rtcp(Content content) noexcept {
  return content == Content::rtcp || content == Content::srtcp;
}

/// What was read of a datagram to tell that it is RTP or RTCP.
struct MediaHeaders {
  RtpView rtp;
  RtcpCounts rtcp;
};

/// payload   of one whole datagram, any bytes
/// sip       what parse_sip() said of it: what is not malformed is SIP, or was to be
/// gives     never no_payload, stream or tls. The order is: SIP, which has been decided already; then
///           the first byte, which leaves at most a few candidates that exclude each other. RTP
///           comes first among them, as there is most of it; RTCP has the payload types that RTP
///           on a shared port must not have.
/// leniency  a datagram that the capture has cut inside a header or record is `other`
/// source    RFC 7983 section 7, RFC 5761 section 4, RFC 3550 section A.1, RFC 8489 section 5,
///           RFC 9147 section 4.1
/// headers   written when that is what is given
[[nodiscard]] Content content_of_datagram(Bytes payload, Errc sip, MediaHeaders& headers) noexcept;

/// start     the first bytes of a TCP stream, or of a segment where nothing is known of its stream;
///           in the middle of a message anything may stand
/// gives     tls, hep, keep_alive, http, json, no_payload when empty; `other` when it is none of
///           them: SIP, the middle of something, or a start too short to tell
/// source    RFC 8446 section 5.1, RFC 9112 sections 2.1, 3 and 4
[[nodiscard]] Content content_of_stream(Bytes start) noexcept;

}  // namespace heptap
