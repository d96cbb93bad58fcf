#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "proto/bytes.hpp"
#include "proto/hep/chunk.hpp"

namespace heptap::hep {

inline constexpr std::uint32_t magic = 0x48455033;  // "HEP3"

/// One chunk as it lies in a frame. Borrows from it.
struct RawChunk {
  std::uint16_t vendor = 0;
  std::uint16_t type = 0;
  Bytes body;
  Bytes whole;  ///< with its header
};

/// Takes the next chunk.
/// in        at the start of a chunk, and not empty
/// gives     false when the chunk is shorter than its header, or reaches beyond the frame
[[nodiscard]] constexpr bool next_chunk(ByteReader& in, RawChunk& out) noexcept {
  const Bytes rest = in.rest();
  out.vendor = in.be16();
  out.type = in.be16();
  const std::size_t length = in.be16();
  if (!in.ok() || length < chunk_header_bytes) return false;
  out.body = in.bytes(length - chunk_header_bytes);
  if (!in.ok()) return false;
  out.whole = rest.first(length);
  return true;
}

inline void write_chunk_header(ByteWriter& w, Chunk type, std::size_t body_bytes) noexcept {
  w.be16(0);  // vendor
  w.be16(static_cast<std::uint16_t>(type));
  w.be16(static_cast<std::uint16_t>(chunk_header_bytes + body_bytes));
}

/// gives     what write_text_chunk() writes
[[nodiscard]] inline std::size_t text_chunk_bytes(std::string_view text) noexcept {
  return text.empty() ? 0 : chunk_header_bytes + text.size();
}

/// An empty text has no chunk.
/// more      follows the text in the same chunk
inline void write_text_chunk(ByteWriter& w, Chunk type, std::string_view text,
                             std::string_view more = {}) noexcept {
  const std::size_t size = text.size() + more.size();
  if (size == 0) return;
  write_chunk_header(w, type, size);
  w.text(text);
  w.text(more);
}

}  // namespace heptap::hep
