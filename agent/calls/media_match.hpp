#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "proto/net/flow_key.hpp"
#include "proto/sip/encoding.hpp"
#include "proto/sip/sdp.hpp"

namespace heptap {

/// The two ends of a call: who sent the first INVITE, and the other one. Media of the caller are TX.
enum class MediaParty : std::uint8_t { caller, callee };

[[nodiscard]] constexpr MediaParty opposite(MediaParty party) noexcept {
  return party == MediaParty::caller ? MediaParty::callee : MediaParty::caller;
}

enum class MediaType : std::uint8_t { other, audio, video, image, text, application, message };

[[nodiscard]] MediaType media_type_of(std::string_view name) noexcept;
/// gives     the enumerator's own spelling, as m= writes it; static storage
[[nodiscard]] std::string_view to_string(MediaType type) noexcept;

/// A payload type of the RTP header and what SDP says it means.
struct PayloadFormat {
  std::uint32_t clock_hz = 0;  ///< 0: not known
  std::uint8_t payload_type = 0;
  EncodingId encoding = encoding_unknown;
  std::uint8_t channels = 1;

  friend bool operator==(const PayloadFormat&, const PayloadFormat&) = default;
};

/// What told the call, best first.
enum class MediaFound : std::uint8_t {
  both,         ///< source and destination are ends of the same media
  destination,  ///< it is sent to one of the call's addresses, by a stranger: NAT
  source,       ///< it comes from one of them, to a stranger
  ssrc,         ///< only the SSRC is known, of the same host
  count_
};

/// Why there is no call.
enum class MediaMiss : std::uint8_t {
  none,
  unknown_address,  ///< no SDP has named the addresses
  ambiguous,        ///< several calls that are not legs of one another fit as well
  call_over,        ///< the call they belonged to ended longer ago than the linger
  count_
};

/// gives     the enumerator's own spelling; static storage
[[nodiscard]] std::string_view to_string(MediaFound found) noexcept;
[[nodiscard]] std::string_view to_string(MediaMiss miss) noexcept;

/// Tells whether something was learned or forgotten since a match that may change it; see
/// MediaCalls::is_current().
struct MediaWatch {
  std::uint16_t source = 0;
  std::uint16_t destination = 0;
  std::uint32_t seen = 0;
};

/// Where the texts of a match are put.
struct MediaText {
  static constexpr std::size_t max_call_id_bytes = 256;
  static constexpr std::size_t max_link_bytes = 255;

  std::array<char, max_call_id_bytes> call_id;
  std::array<char, max_link_bytes> link;
};

/// How far a call is.
/// lifetime  the texts are in the MediaText given to the search; all else is a copy
struct MediaCallState {
  std::string_view call_id;  ///< at most max_call_id_bytes of it
  std::string_view link;     ///< what `link` has learned; empty: nothing
  std::optional<std::int64_t> answered_us;
  std::optional<std::int64_t> ended_us;
  std::int64_t opened_us = 0;  ///< when SDP last let more media flow than before; 0: never
};

/// The call that a packet of RTP or RTCP belongs to.
/// lifetime  the texts are in the MediaText given to the search; all else is a copy
struct MediaMatch {
  static constexpr std::size_t max_formats = 32;

  MediaMiss miss = MediaMiss::none;  ///< other than none: only `watch` has a meaning
  MediaFound found = MediaFound::both;
  MediaParty sender = MediaParty::caller;
  MediaType type = MediaType::other;
  std::uint8_t media = 0;           ///< position of the m= line, from 0
  bool is_over = false;             ///< the call has ended, but reports may still come
  bool is_expected = true;          ///< neither hold nor refusal in this direction
  bool is_reverse_expected = true;  ///< the same for what comes back
  bool is_srtp = false;             ///< by the profile of either side
  bool is_srtcp = false;            ///< the same for RTCP
  bool rtcp_mux = false;            ///< both sides have a=rtcp-mux
  bool rtcp_rsize = false;          ///< both sides have a=rtcp-rsize
  std::uint8_t ptime_ms = 0;        ///< that the receiver wants; 0: not written
  std::uint8_t format_count = 0;
  std::uint64_t call_hash = 0;
  std::string_view call_id;  ///< at most max_call_id_bytes of it
  std::string_view link;     ///< what `link` has learned; empty: nothing
  MediaWatch watch;
  std::array<PayloadFormat, max_formats> format_list;

  [[nodiscard]] explicit operator bool() const noexcept { return miss == MediaMiss::none; }
  /// What payload types mean in this direction: the receiver's, then what only the sender has.
  [[nodiscard]] std::span<const PayloadFormat> formats() const noexcept {
    return {format_list.data(), format_count};
  }
  /// gives     clock_hz 0 and encoding_unknown for one that is not in SDP
  [[nodiscard]] PayloadFormat format(std::uint8_t payload_type) const noexcept;
};

/// gives     what is sent of a call under: what links it to others, or else its Call-ID
[[nodiscard]] inline std::string_view correlation_id(std::string_view call_id,
                                                     std::string_view link) noexcept {
  return link.empty() ? call_id : link;
}

}  // namespace heptap
