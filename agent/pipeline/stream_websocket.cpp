// SIP in WebSocket: where its frames begin, what the messages in them are.
#include <algorithm>

#include "agent/pipeline/stream_messages.hpp"

namespace heptap {
namespace {

// To this many times the size of its frames a message is inflated. Deflate can do 1032, but SIP that
// repeats its last message to the byte, 31 KiB of it, comes to 127.
constexpr std::size_t max_inflation = 128;

bool is_keep_alive(Bytes payload) noexcept {
  return as_text(payload).find_first_not_of(std::string_view("\r\n\0", 3)) ==
         std::string_view::npos;
}

}  // namespace

// In the segment that came last, and once a run: most frames begin with a segment.
void StreamMessages::look_for_websocket() {
  const std::size_t last = streams_.last_segment();
  if (!looks_like_websocket(run_.bytes.subspan(last), inflaters_.any())) return;
  use(StreamBytes::junk, last);
  mode() = Mode::websocket;
}

bool StreamMessages::take_websocket(Bytes rest, SipView& sip) {
  const auto message = next_websocket_message(rest, {unmasked_.get(), max_websocket_message_bytes});
  if (message) {
    if (is_sip_message(*message, sip)) {
      note_message(message->size_bytes);
      ++counts_.websocket;
      return true;
    }
    const bool is_control = message->kind == WebSocketKind::control;
    const bool is_ping = !message->compressed && is_keep_alive(message->payload);
    use(is_control                             ? StreamBytes::websocket_control
        : is_ping && !message->payload.empty() ? StreamBytes::keep_alive
                                               : StreamBytes::websocket_other,
        message->size_bytes);
    return false;
  }
  if (message.error() == Errc::incomplete) {
    if (run_.is_last) {
      use(StreamBytes::unfinished, rest.size());
    } else {
      end_run({.bytes = websocket_bytes_needed(rest)});
    }
    return false;
  }
  // All of it: of segments that each begin with a frame, every one would be waited for anew.
  mode() = Mode::websocket_lost;
  inflaters_.reset(run_.stream);
  use(message.error() == Errc::over_limit ? StreamBytes::over_limit : StreamBytes::junk,
      rest.size());
  return false;
}

bool StreamMessages::is_sip_message(const WebSocketMessage& message, SipView& sip) {
  if (message.kind != WebSocketKind::text && message.kind != WebSocketKind::binary) return false;
  if (!message.compressed) return parse_sip(message.payload, sip) == Errc::none;
  const std::size_t room =
      std::min(max_inflation * message.size_bytes, max_websocket_message_bytes);
  const auto text = inflaters_.of(run_.stream).message(message.payload, {inflated_.get(), room});
  if (!text) {
    ++counts_.not_inflated;
    inflaters_.reset(run_.stream);
  }
  if (!text || parse_sip(*text, sip) != Errc::none) return false;
  inflaters_.confirm(run_.stream);
  return true;
}

// Where a frame begins cannot be told from the bytes alone, but most begin with a segment.
void StreamMessages::rejoin_websocket(Bytes rest) {
  if (!looks_like_websocket(rest, inflaters_.any())) return use_segment(StreamBytes::junk);
  mode() = Mode::websocket;
}

}  // namespace heptap
