#pragma once

#include <cstdint>

#include "proto/bytes.hpp"
#include "proto/sip/message.hpp"
#include "proto/stream_need.hpp"

namespace heptap {

/// The longest message that is taken from a stream, head and body.
inline constexpr std::size_t max_stream_message_bytes = 1 << 20;

/// What stands at the front of a stream.
enum class SipPart : std::uint8_t {
  message,     ///< a whole one; the view holds it
  keep_alive,  ///< line ends and NULs in front of a message (RFC 5626, and what phones send)
  junk,        ///< no SIP where a message must begin
  unfinished,  ///< the start of a message whose end will not come
  over_limit,  ///< a head above SipView::max_head_bytes, or a message above the limit here
  need_more    ///< nothing can be said yet
};

/// What to wait for with so much of a head.
/// most      so many bytes are no start of one
[[nodiscard]] constexpr StreamNeed rest_of_head(std::size_t bytes,
                                                std::size_t most = SipView::max_head_bytes +
                                                                   1) noexcept {
  return {.bytes = bytes + 1, .blank_line = true, .without_line = most};
}

struct SipFrame {
  SipPart part = SipPart::need_more;
  std::size_t size_bytes = 0;  ///< how much of the stream it is; need_more: 0
  bool has_length = true;      ///< of a message: false: nothing but what follows says where it ends
  StreamNeed need{};           ///< of need_more
};

/// Takes one part off a stream that is known to be at the end of a message, or at its start.
/// in        bytes in order
/// is_last   nothing that follows these will come
/// view      of a message: its index, which ends with it; else void
/// gives     a message without a readable Content-Length ends with its head when it has no
///           Content-Type, and at the next start line otherwise
/// source    RFC 3261 sections 7.5 and 18.3, RFC 5626 section 3.5.1
[[nodiscard]] SipFrame frame_sip(Bytes in, bool is_last, SipView& view) noexcept;

/// Looks for a message in a stream that is seen from its middle. A start line counts at the start of
/// a line, and behind a body that ends without a line end; its head must name a Call-ID or a Via, and
/// no other method than itself: bodies may quote start lines (RFC 3420), and of the first method that
/// is seen the beginning may be missing.
/// in        at least one byte
/// view      used for looking, void afterwards
/// gives     junk: what is in front of the next message, or all there is; size_bytes 0: a message
///           is at the front. need_more: it may be one. unfinished: it will not become one
[[nodiscard]] SipFrame find_sip(Bytes in, bool is_last, SipView& view) noexcept;

}  // namespace heptap
