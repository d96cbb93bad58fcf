#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "tests/support/frame_builder.hpp"

namespace heptap::test {

using WebSocketKey = std::array<std::uint8_t, 4>;

/// That of RFC 6455 section 5.7.
inline constexpr WebSocketKey rfc_key{0x37, 0xfa, 0x21, 0x3d};

/// A WebSocket frame.
/// first     its first byte: 0x80 FIN, 0x40 RSV1, 0x01 text, 0x02 binary, 0x00 continuation
/// key       masks the payload
inline Frame websocket_frame(std::uint8_t first, const Frame& payload,
                             std::optional<WebSocketKey> key = {}) {
  const std::size_t size = payload.size();
  const unsigned length = size < 126 ? static_cast<unsigned>(size) : size < 0x10000 ? 126U : 127U;
  Frame out{first, static_cast<std::uint8_t>((key ? 0x80U : 0U) | length)};
  if (length == 127) {
    put16(out, 0);
    put16(out, 0);
    put16(out, size >> 16U);
  }
  if (length >= 126) put16(out, size & 0xffffU);
  if (!key) return joined(out, payload);
  out.insert(out.end(), key->begin(), key->end());
  for (std::size_t i = 0; i < size; ++i) {
    out.push_back(static_cast<std::uint8_t>(payload[i] ^ (*key)[i % 4]));
  }
  return out;
}

}  // namespace heptap::test
