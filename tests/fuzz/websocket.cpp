// Whatever a stream holds, its messages lie within it or within the scratch, each ends where its
// last byte is, and what is incomplete says truly how much it needs.
#include "proto/sip/websocket.hpp"

#include "proto/sip/inflate.hpp"
#include "tests/fuzz/require.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {
void check_message(Bytes in, const WebSocketMessage& m, std::span<std::uint8_t> scratch) {
  require(m.size_bytes > 0 && m.size_bytes <= in.size());
  const bool copied = !m.payload.empty() && m.payload.data() == scratch.data();
  require_inside(copied ? as_text(scratch) : as_text(in.first(m.size_bytes)), as_text(m.payload));
  const Bytes one_less = in.first(m.size_bytes - 1);
  require(next_websocket_message(one_less, scratch).error() == Errc::incomplete);
  require(next_websocket_message(in.first(m.size_bytes), scratch).ok());
}
}  // namespace

// The first byte chooses the size of the scratch.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {  // NOLINT
  static Inflater inflater;
  if (size == 0) return 0;
  std::vector<std::uint8_t> scratch(data[0] * std::size_t{data[0]});
  const auto block = exact_block(data + 1, size - 1);
  Bytes rest = block;
  for (;;) {
    if (looks_like_websocket(rest, inflater)) require(parse_websocket_frame(rest).ok());
    const Result<WebSocketFrame> frame = frame_websocket(rest);
    if (frame) require_inside(as_text(rest), as_text(frame->payload));
    const Result<WebSocketMessage> message = next_websocket_message(rest, scratch);
    if (message.error() == Errc::incomplete) require(websocket_bytes_needed(rest) > rest.size());
    if (!message) return 0;
    require(frame && websocket_bytes_needed(rest) == 0);
    check_message(rest, *message, scratch);
    rest = rest.subspan(message->size_bytes);
  }
}
