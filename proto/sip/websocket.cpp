#include "proto/sip/websocket.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "proto/sip/inflate.hpp"
#include "proto/sip/message.hpp"

namespace heptap {
namespace {

constexpr bool is_copied(const WebSocketFrame& first) noexcept {
  return begins_message(first.opcode) && (first.masked || !first.fin);
}

/// The frames of the first message, by their headers alone: nothing is copied before all is there.
class MessageWalk {
 public:
  MessageWalk(Bytes in, std::size_t scratch_bytes) noexcept
      : in_(in), scratch_bytes_(scratch_bytes) {}

  Errc run() noexcept {
    for (std::size_t count = 0; count < max_websocket_frames; ++count) {
      const Bytes rest = in_.subspan(size_bytes_);
      const Result<WebSocketFrame> frame = parse_websocket_frame(rest);
      if (frame.error() == Errc::incomplete) return reach(websocket_header_bytes(rest));
      if (!frame) return frame.error();
      if (count == 0) first_ = *frame;
      if (count > 0 && begins_message(frame->opcode)) return Errc::malformed;
      if (const Errc error = add(*frame); error != Errc::none) return error;
      if (ended_by(*frame)) return Errc::none;
    }
    return Errc::over_limit;
  }

  [[nodiscard]] const WebSocketFrame& first() const noexcept { return first_; }
  [[nodiscard]] std::size_t size_bytes() const noexcept { return size_bytes_; }
  [[nodiscard]] std::size_t needed_bytes() const noexcept { return needed_bytes_; }

 private:
  /// Whether the next bytes of the message are there, and may be.
  Errc reach(std::size_t count) noexcept {
    if (count > max_websocket_message_bytes - size_bytes_) return Errc::over_limit;
    if (count <= in_.size() - size_bytes_) return Errc::none;
    needed_bytes_ = size_bytes_ + count;
    return Errc::incomplete;
  }

  Errc add(const WebSocketFrame& frame) noexcept {
    if (!is_control(frame.opcode)) payload_bytes_ += frame.payload_bytes;
    if (is_copied(first_) && payload_bytes_ > scratch_bytes_) return Errc::over_limit;
    if (const Errc error = reach(frame.size_bytes); error != Errc::none) return error;
    size_bytes_ += frame.size_bytes;
    return Errc::none;
  }

  [[nodiscard]] bool ended_by(const WebSocketFrame& frame) const noexcept {
    return !begins_message(first_.opcode) || (frame.fin && !is_control(frame.opcode));
  }

  Bytes in_;
  std::size_t scratch_bytes_;
  WebSocketFrame first_;
  std::size_t payload_bytes_ = 0;
  std::size_t size_bytes_ = 0;  // of the whole frames walked so far
  std::size_t needed_bytes_ = 0;
};

/// The payload of the frames that were walked, which are all of `in`.
Bytes join(Bytes in, std::span<std::uint8_t> scratch) noexcept {
  std::size_t size = 0;
  while (!in.empty()) {
    const Result<WebSocketFrame> frame = frame_websocket(in);
    if (!is_control(frame->opcode)) {
      unmask_websocket(*frame, scratch.subspan(size));
      size += frame->payload_bytes;
    }
    in = in.subspan(frame->size_bytes);
  }
  return scratch.first(size);
}

WebSocketKind kind_of(WebSocketOpcode opcode) noexcept {
  if (is_control(opcode)) return WebSocketKind::control;
  if (opcode == WebSocketOpcode::continuation) return WebSocketKind::orphan;
  return opcode == WebSocketOpcode::text ? WebSocketKind::text : WebSocketKind::binary;
}

/// A ping or a pong of RFC 5626: two line ends, or one.
bool is_keep_alive(std::string_view text) noexcept { return text == "\r\n\r\n" || text == "\r\n"; }

}  // namespace

Result<WebSocketMessage> next_websocket_message(Bytes in,
                                                std::span<std::uint8_t> scratch) noexcept {
  MessageWalk walk(in, scratch.size());
  if (const Errc error = walk.run(); error != Errc::none) return error;
  WebSocketMessage out;
  out.kind = kind_of(walk.first().opcode);
  out.compressed = walk.first().compressed;
  out.size_bytes = walk.size_bytes();
  if (!begins_message(walk.first().opcode)) return out;
  out.payload =
      is_copied(walk.first()) ? join(in.first(walk.size_bytes()), scratch) : walk.first().payload;
  return out;
}

std::size_t websocket_bytes_needed(Bytes in) noexcept {
  MessageWalk walk(in, max_websocket_message_bytes);
  return walk.run() == Errc::incomplete ? walk.needed_bytes() : 0;
}

bool looks_like_websocket(Bytes in, Inflater& inflater) noexcept {
  constexpr std::size_t start_line_bytes = 256;
  Result<WebSocketFrame> parsed = parse_websocket_frame(in);
  while (parsed && is_control(parsed->opcode)) {
    if (parsed->size_bytes > in.size()) return false;
    in = in.subspan(parsed->size_bytes);
    if (in.empty()) return true;
    parsed = parse_websocket_frame(in);
  }
  if (!parsed || !begins_message(parsed->opcode)) return false;
  WebSocketFrame frame = *parsed;
  frame.payload = frame.payload.first(std::min(frame.payload.size(), start_line_bytes));
  std::array<std::uint8_t, start_line_bytes> sent{};
  std::array<std::uint8_t, start_line_bytes> inflated{};
  unmask_websocket(frame, sent);
  Bytes begin = Bytes{sent}.first(frame.payload.size());
  const bool is_whole = begin.size() == frame.payload_bytes;
  if (frame.compressed) begin = inflater.peek(begin, inflated);
  return looks_like_sip(begin) || (is_whole && is_keep_alive(as_text(begin)));
}

}  // namespace heptap
