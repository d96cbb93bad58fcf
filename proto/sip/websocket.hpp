#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "proto/bytes.hpp"
#include "proto/result.hpp"
#include "proto/sip/websocket_frame.hpp"

namespace heptap {

class Inflater;

/// Bounds one message in frames, because one that is not whole is put together and walked from its
/// start for each: three times, when header, key and payload come in segments of their own. Senders
/// cut at 4 KiB or above.
inline constexpr std::size_t max_websocket_frames = 64;

enum class WebSocketKind : std::uint8_t {
  text,
  binary,
  control,  ///< a close, ping or pong frame that is in no message
  orphan,   ///< one frame that continues a message whose beginning was not seen
};

/// One message, or one frame that is not part of one.
struct WebSocketMessage {
  WebSocketKind kind = WebSocketKind::orphan;
  bool compressed = false;     ///< the payload is for Inflater::message()
  Bytes payload;               ///< unmasked and in one piece; empty for control and orphan
  std::size_t size_bytes = 0;  ///< of `in`: all its frames, and the control frames between them
};

/// Takes the first message off a byte stream. Frames at the front that are in no message are given
/// one by one, to be counted and dropped: a control frame, and a continuation without a beginning,
/// which keeps the stream in step when the beginning was lost. Control frames between the frames of
/// a message are stepped over with it.
/// scratch   apart from `in`; max_websocket_message_bytes are always enough
/// gives     a payload within `scratch`; within `in` when it came in one frame that is not masked
/// errors    those of frame_websocket(), and malformed: a message begins before the last one ended;
///           over_limit: more than max_websocket_message_bytes, max_websocket_frames, or `scratch`
/// lifetime  the payload lives as long as what it lies in
/// source    RFC 6455 sections 5.3 and 5.4; RFC 7118 section 4.2: SIP comes as text or as binary
[[nodiscard]] Result<WebSocketMessage> next_websocket_message(
    Bytes in, std::span<std::uint8_t> scratch) noexcept;

/// When next_websocket_message() said incomplete: with less than this it will say so again.
/// gives     a size that `in` must have, larger than it has, at most max_websocket_message_bytes;
///           0 when `in` is not incomplete
[[nodiscard]] std::size_t websocket_bytes_needed(Bytes in) noexcept;

/// Whether these bytes begin with the first frame of a SIP message, or with a frame that is a CRLF
/// keep-alive, control frames in front of it or not; or are control frames and nothing else: for a
/// stream that is joined midway. The header of a message says too little, so the start line decides.
/// Its frame may be cut within or after it.
/// inflater  for a compressed one, which is found only when it refers to no earlier message; is
///           reset, so not one that a stream in step still needs
/// source    RFC 6455 section 5.2, RFC 5626 section 4.4.1, RFC 7118 section 6
[[nodiscard]] bool looks_like_websocket(Bytes in, Inflater& inflater) noexcept;

}  // namespace heptap
