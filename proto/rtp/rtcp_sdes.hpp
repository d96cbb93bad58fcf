#pragma once

#include <cstdint>
#include <string_view>

#include "proto/bytes.hpp"
#include "proto/result.hpp"
#include "proto/rtp/rtcp.hpp"

namespace heptap {

/// The items that describe one source. Borrows from the datagram.
struct SdesChunkView {
  std::uint32_t ssrc = 0;
  Bytes items;  ///< for next_sdes_item(); every one of them is whole
};

/// One item. Borrows from the datagram.
struct SdesItemView {
  std::uint8_t type = 0;  ///< 1 CNAME, 2 NAME, 3 EMAIL, 4 PHONE, 5 LOC, 6 TOOL, 7 NOTE, 8 PRIV
  std::string_view text;  ///< at most 255 bytes, of any value; that of PRIV starts with a length
};

/// Takes the first chunk off the body of a source description, which has as many as its count says.
/// chunks    moved behind the chunk and its padding, or untouched on an error
/// errors    incomplete: no source; malformed: an item ends beyond the body. A body that ends with
///           an item, without the zero that should follow, is taken: some send it so
/// source    RFC 3550 section 6.5
[[nodiscard]] Result<SdesChunkView> next_sdes_chunk(Bytes& chunks) noexcept;

/// Takes the first item off the items of a chunk.
/// errors    incomplete: none is left
[[nodiscard]] Result<SdesItemView> next_sdes_item(Bytes& items) noexcept;

}  // namespace heptap
