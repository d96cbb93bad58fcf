#include "proto/sip/websocket_frame.hpp"

#include <algorithm>
#include <cstring>

namespace heptap {
namespace {

constexpr unsigned fin_bit = 0x80;
constexpr unsigned rsv1_bit = 0x40;
constexpr unsigned rsv2_and_3_bits = 0x30;
constexpr unsigned opcode_bits = 0x0f;
constexpr unsigned mask_bit = 0x80;
constexpr unsigned length_bits = 0x7f;
constexpr unsigned length_in_16_bits = 126;
constexpr unsigned length_in_64_bits = 127;
constexpr std::size_t min_header_bytes = 2;
constexpr std::size_t key_bytes = 4;

/// Whether a frame may have these first two bytes.
constexpr bool is_header(unsigned first, unsigned second) noexcept {
  const auto opcode = static_cast<WebSocketOpcode>(first & opcode_bits);
  if ((first & rsv2_and_3_bits) != 0 || opcode > WebSocketOpcode::pong) return false;
  if (opcode > WebSocketOpcode::binary && !is_control(opcode)) return false;
  if ((first & rsv1_bit) != 0 && !begins_message(opcode)) return false;
  if (!is_control(opcode)) return true;
  return (first & fin_bit) != 0 && (second & length_bits) < length_in_16_bits;
}

/// The size of a header, as its second byte tells.
constexpr std::size_t header_bytes(unsigned second) noexcept {
  const unsigned length = second & length_bits;
  const std::size_t more = length == length_in_64_bits ? 8U : length == length_in_16_bits ? 2U : 0U;
  return min_header_bytes + more + ((second & mask_bit) != 0 ? key_bytes : 0U);
}

/// The length of a payload, of which the second byte of the header has given seven bits.
Result<std::size_t> payload_length(ByteReader& r, unsigned seven_bits) noexcept {
  if (seven_bits < length_in_16_bits) return std::size_t{seven_bits};
  const bool in_16_bits = seven_bits == length_in_16_bits;
  const std::uint64_t length = in_16_bits ? r.be16() : r.be64();
  if (!r.ok()) return Errc::incomplete;
  if (length < (in_16_bits ? std::uint64_t{length_in_16_bits} : 0x10000U)) return Errc::malformed;
  if (length >> 63U != 0) return Errc::malformed;
  if (length > max_websocket_message_bytes) return Errc::over_limit;
  return static_cast<std::size_t>(length);
}

}  // namespace

Result<WebSocketFrame> parse_websocket_frame(Bytes in) noexcept {
  ByteReader r{in};
  const unsigned first = r.u8();
  if (r.ok() && !is_header(first, 0)) return Errc::malformed;
  const unsigned second = r.u8();
  if (!r.ok()) return Errc::incomplete;
  if (!is_header(first, second)) return Errc::malformed;
  const Result<std::size_t> length = payload_length(r, second & length_bits);
  if (!length) return length.error();

  WebSocketFrame out;
  out.fin = (first & fin_bit) != 0;
  out.compressed = (first & rsv1_bit) != 0;
  out.opcode = static_cast<WebSocketOpcode>(first & opcode_bits);
  out.masked = (second & mask_bit) != 0;
  out.payload_bytes = *length;
  out.size_bytes = header_bytes(second) + *length;
  if (out.size_bytes > max_websocket_message_bytes) return Errc::over_limit;
  const Bytes key = r.bytes(out.masked ? key_bytes : 0);
  if (!r.ok()) return Errc::incomplete;
  std::copy(key.begin(), key.end(), out.key.begin());
  out.payload = r.rest().first(std::min(r.rest().size(), *length));
  return out;
}

Result<WebSocketFrame> frame_websocket(Bytes in) noexcept {
  const Result<WebSocketFrame> frame = parse_websocket_frame(in);
  if (frame && frame->payload.size() < frame->payload_bytes) return Errc::incomplete;
  return frame;
}

std::size_t websocket_header_bytes(Bytes in) noexcept {
  return in.size() < min_header_bytes ? min_header_bytes : header_bytes(in[1]);
}

void unmask_websocket(const WebSocketFrame& frame, std::span<std::uint8_t> out) noexcept {
  const Bytes in = frame.payload;
  std::array<std::uint8_t, 2 * key_bytes> keys{};
  std::copy(frame.key.begin(), frame.key.end(), keys.begin());
  std::copy(frame.key.begin(), frame.key.end(), keys.begin() + key_bytes);
  std::uint64_t mask = 0;
  std::memcpy(&mask, keys.data(), sizeof mask);
  std::size_t i = 0;
  for (; in.size() - i >= sizeof mask; i += sizeof mask) {
    std::uint64_t word = 0;
    std::memcpy(&word, in.data() + i, sizeof word);
    word ^= mask;
    std::memcpy(out.data() + i, &word, sizeof word);
  }
  for (; i < in.size(); ++i) out[i] = in[i] ^ keys[i % keys.size()];
}

}  // namespace heptap
