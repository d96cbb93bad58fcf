#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "proto/bytes.hpp"
#include "proto/result.hpp"

namespace heptap {

/// Bounds one message with all its frames and the control frames between them: a SIP message of
/// 1 MiB and what frames it. Whoever holds this many bytes never has to wait for more.
inline constexpr std::size_t max_websocket_message_bytes = 1024 * 1024 + 64 * 1024;

enum class WebSocketOpcode : std::uint8_t {
  continuation = 0x0,
  text = 0x1,
  binary = 0x2,
  close = 0x8,
  ping = 0x9,
  pong = 0xa,
};

/// A frame of its own, which may stand between those of a message.
[[nodiscard]] constexpr bool is_control(WebSocketOpcode opcode) noexcept {
  return opcode >= WebSocketOpcode::close;
}
[[nodiscard]] constexpr bool begins_message(WebSocketOpcode opcode) noexcept {
  return opcode == WebSocketOpcode::text || opcode == WebSocketOpcode::binary;
}

/// One frame. Borrows from the bytes it was made from.
struct WebSocketFrame {
  bool fin = false;
  bool compressed = false;  ///< RSV1, RFC 7692: this and what continues it is one deflated message
  WebSocketOpcode opcode = WebSocketOpcode::continuation;
  bool masked = false;
  std::array<std::uint8_t, 4> key{};  ///< all 0 when not masked
  Bytes payload;                      ///< as it was sent: still masked
  std::size_t payload_bytes = 0;      ///< of the whole payload, as the header says
  std::size_t size_bytes = 0;         ///< header and whole payload
};

/// Finds the first frame in a byte stream.
/// errors    incomplete: call again with more; malformed: RSV2 or RSV3, RSV1 on what cannot begin a
///           message, a reserved opcode, a length not in its shortest form or of more than 63 bits,
///           a control frame that is fragmented or above 125 bytes; over_limit: larger than
///           max_websocket_message_bytes
/// source    RFC 6455 sections 5.2 and 5.5, RFC 7692 section 6
[[nodiscard]] Result<WebSocketFrame> frame_websocket(Bytes in) noexcept;

/// The same as soon as its header is whole.
/// gives     a payload that is as much as has come of it
[[nodiscard]] Result<WebSocketFrame> parse_websocket_frame(Bytes in) noexcept;

/// gives     how large the header of the first frame is, as far as these bytes tell
[[nodiscard]] std::size_t websocket_header_bytes(Bytes in) noexcept;

/// Copies the payload of a frame, without its mask if it has one.
/// out       at least as large as the payload
/// source    RFC 6455 section 5.3
void unmask_websocket(const WebSocketFrame& frame, std::span<std::uint8_t> out) noexcept;

}  // namespace heptap
