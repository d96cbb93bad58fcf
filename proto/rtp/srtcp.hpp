#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "proto/bytes.hpp"
#include "proto/result.hpp"

namespace heptap {

/// What SRTCP sends in clear: the first header and its source. Everything else in the datagram may
/// be encrypted, the packets behind the first one as well.
struct SrtcpHead {
  std::uint32_t ssrc = 0;
  std::uint8_t payload_type = 0;
  std::uint8_t count = 0;
  std::size_t packet_bytes = 0;  ///< of the first packet
};

/// errors    malformed: nothing that looks_like_rtcp() accepts
/// source    RFC 3711 section 3.4
[[nodiscard]] Result<SrtcpHead> parse_srtcp_head(Bytes in) noexcept;

/// What is known about the reports of a medium, but for what is in them.
enum class SrtcpHint : std::uint8_t {
  none,         ///< no SDP, or a profile without S: some encrypt nevertheless (RFC 8643)
  encrypted,    ///< the profile has SAVP, or DTLS was seen on the port
  unencrypted,  ///< the profile has SAVP, and UNENCRYPTED_SRTCP is there (RFC 4568 section 6.3.2)
};

enum class SrtcpKind : std::uint8_t {
  other,          ///< does not look like RTCP
  clear,          ///< plain RTCP: its values count
  authenticated,  ///< plain RTCP with a trailer: its values count
  encrypted,      ///< SRTCP: no value of it counts
  unproven,  ///< looks like RTCP and does not walk, encrypted or damaged: no value of it counts
};

/// gives     the enumerator's own spelling; static storage
[[nodiscard]] std::string_view to_string(SrtcpKind kind) noexcept;

/// What a datagram is.
struct SrtcpVerdict {
  SrtcpKind kind = SrtcpKind::other;
  Bytes plain;                         ///< clear, authenticated: what next_rtcp() may read
  std::optional<std::uint32_t> index;  ///< authenticated, encrypted: when it is known where it is
};

/// What can be said of a source whose reports are encrypted.
struct SrtcpFigures {
  SrtcpHead head;  ///< of the last one
  std::uint32_t packet_count = 0;
  std::uint32_t lost_count = 0;        ///< gaps in the index
  std::optional<std::uint32_t> index;  ///< the last one
};

/// Tells SRTCP from RTCP for one source; another source starts it anew. Behind the packets of SRTCP
/// are a word of one bit (encrypted or not) and a 31 bit index, then a key identifier and a tag,
/// whose lengths only the ends know. All lengths in use are tried: those are right with which the
/// index grows from one datagram to the next.
/// source    RFC 3711 section 3.4, RFC 7714 section 9
class SrtcpRecogniser {
 public:
  /// in        a datagram; nothing of it is borrowed beyond the verdict
  [[nodiscard]] SrtcpVerdict add(Bytes in, SrtcpHint hint = SrtcpHint::none) noexcept;

  /// gives     figures of what was authenticated, encrypted or unproven
  [[nodiscard]] const SrtcpFigures& figures() const noexcept { return figures_; }

 private:
  static constexpr std::size_t layout_count = 20;
  static constexpr std::uint32_t no_word = 0xffffffff;
  using Words = std::array<std::uint32_t, layout_count>;  // no_word where a layout does not fit

  [[nodiscard]] static Words words_of(Bytes in) noexcept;
  void count(const SrtcpHead& head) noexcept;
  void prove(const Words& words) noexcept;
  [[nodiscard]] std::optional<std::size_t> layout_of(const Words& words,
                                                     SrtcpHint hint) const noexcept;
  void note_index(std::uint32_t index) noexcept;

  Words last_words_{};
  SrtcpFigures figures_;
  std::optional<std::uint8_t> proven_;  // which layout
};

}  // namespace heptap
