#include "proto/rtp/rtcp_sdes.hpp"

#include <algorithm>

namespace heptap {
namespace {

constexpr std::size_t word_bytes = 4;
constexpr std::size_t source_bytes = 4;
constexpr std::uint8_t end_of_items = 0;

std::size_t whole_words(std::size_t bytes) noexcept {
  return (bytes + word_bytes - 1) / word_bytes * word_bytes;
}

bool at_end(Bytes items) noexcept { return items.empty() || items.front() == end_of_items; }

}  // namespace

Result<SdesChunkView> next_sdes_chunk(Bytes& chunks) noexcept {
  ByteReader r{chunks};
  const std::uint32_t ssrc = r.be32();
  if (!r.ok()) return Errc::incomplete;
  const Bytes behind = r.rest();
  Bytes rest = behind;
  while (!at_end(rest)) {
    if (!next_sdes_item(rest)) return Errc::malformed;
  }
  const std::size_t items_bytes = behind.size() - rest.size();
  const std::size_t all = whole_words(source_bytes + items_bytes + 1);  // with the ending zero
  chunks = chunks.subspan(std::min(all, chunks.size()));
  return SdesChunkView{ssrc, behind.first(items_bytes)};
}

Result<SdesItemView> next_sdes_item(Bytes& items) noexcept {
  ByteReader r{items};
  const std::uint8_t type = r.u8();
  const std::size_t size = r.u8();
  const Bytes text = r.bytes(size);
  if (!r.ok()) return Errc::incomplete;
  items = r.rest();
  return SdesItemView{type, as_text(text)};
}

}  // namespace heptap
