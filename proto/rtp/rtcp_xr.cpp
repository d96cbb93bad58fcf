#include "proto/rtp/rtcp_xr.hpp"

namespace heptap {
namespace {

constexpr std::size_t word_bytes = 4;

constexpr XrBlockType type_of(std::uint8_t number) noexcept {
  const bool is_known = number < static_cast<std::uint8_t>(XrBlockType::count_);
  return is_known ? static_cast<XrBlockType>(number) : XrBlockType::other;
}

}  // namespace

Result<XrView> parse_xr(const RtcpPacketView& packet) noexcept {
  if (packet.type != RtcpType::xr) return Errc::unsupported;
  ByteReader r{packet.body};
  const std::uint32_t ssrc = r.be32();
  if (!r.ok()) return Errc::malformed;
  return XrView{ssrc, r.rest()};
}

Result<XrBlockView> next_xr_block(Bytes& blocks) noexcept {
  ByteReader r{blocks};
  const std::uint8_t number = r.u8();
  const std::uint8_t type_specific = r.u8();
  const Bytes content = r.bytes(r.be16() * word_bytes);
  if (!r.ok()) return Errc::incomplete;
  blocks = r.rest();
  return XrBlockView{type_of(number), number, type_specific, content};
}

XrBlockCounts count_xr_blocks(const XrView& report) noexcept {
  XrBlockCounts counts;
  Bytes rest = report.blocks;
  for (auto block = next_xr_block(rest); block; block = next_xr_block(rest)) {
    ++counts.blocks[static_cast<std::size_t>(block->type)];
  }
  counts.is_cut = !rest.empty();
  return counts;
}

}  // namespace heptap
