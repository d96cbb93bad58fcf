#include "proto/rtp/rtcp_xr_blocks.hpp"

namespace heptap {
namespace {

constexpr unsigned thinning_bits = 0x0f;
constexpr unsigned loss_flag = 0x80;
constexpr unsigned duplicate_flag = 0x40;
constexpr unsigned jitter_flag = 0x20;

constexpr unsigned vector_bit = 0x8000;
constexpr unsigned run_type_bit = 0x4000;
constexpr std::uint16_t vector_packets = 15;

bool is_range(XrBlockType type) noexcept {
  return type == XrBlockType::loss_rle || type == XrBlockType::duplicate_rle ||
         type == XrBlockType::receipt_times;
}

std::optional<XrJitter> read_jitter(ByteReader& r, bool is_flagged) noexcept {
  XrJitter out;
  out.least = r.be32();
  out.most = r.be32();
  out.mean = r.be32();
  out.deviation = r.be32();
  return is_flagged ? std::optional{out} : std::nullopt;
}

// Two bits: 0 none, 1 IPv4, 2 IPv6, and 3 is not to be used.
std::optional<XrHops> read_hops(ByteReader& r, unsigned kind) noexcept {
  XrHops out;
  out.is_ipv6 = kind == 2;
  out.least = r.u8();
  out.most = r.u8();
  out.mean = r.u8();
  out.deviation = r.u8();
  return kind == 1 || kind == 2 ? std::optional{out} : std::nullopt;
}

std::optional<std::uint32_t> read_count(ByteReader& r, bool is_flagged) noexcept {
  const std::uint32_t count = r.be32();
  return is_flagged ? std::optional{count} : std::nullopt;
}

RleChunk chunk_of(std::uint16_t word) noexcept {
  RleChunk out;
  out.is_vector = (word & vector_bit) != 0;
  if (out.is_vector) {
    out.packet_count = vector_packets;
    out.bits = static_cast<std::uint16_t>(word & ~vector_bit);
  } else {
    out.run_bit = (word & run_type_bit) != 0;
    out.packet_count = static_cast<std::uint16_t>(word & ~run_type_bit);
  }
  return out;
}

}  // namespace

Result<XrRangeView> parse_xr_range(const XrBlockView& block) noexcept {
  if (!is_range(block.type)) return Errc::unsupported;
  ByteReader r{block.content};
  XrRangeView out;
  out.ssrc = r.be32();
  out.thinning = static_cast<std::uint8_t>(block.type_specific & thinning_bits);
  out.begin_sequence = r.be16();
  out.end_sequence = r.be16();
  out.content = r.rest();
  if (!r.ok()) return Errc::malformed;
  return out;
}

Result<RleChunk> next_rle_chunk(Bytes& content) noexcept {
  ByteReader r{content};
  const std::uint16_t word = r.be16();
  if (!r.ok() || word == 0) return Errc::incomplete;
  content = r.rest();
  return chunk_of(word);
}

Result<std::uint32_t> next_receipt_time(Bytes& content) noexcept {
  ByteReader r{content};
  const std::uint32_t time = r.be32();
  if (!r.ok()) return Errc::incomplete;
  content = r.rest();
  return time;
}

Result<NtpTime> parse_xr_reference_time(const XrBlockView& block) noexcept {
  if (block.type != XrBlockType::reference_time) return Errc::unsupported;
  ByteReader r{block.content};
  NtpTime out;
  out.seconds = r.be32();
  out.fraction = r.be32();
  if (!r.ok()) return Errc::malformed;
  return out;
}

Result<XrDlrr> next_xr_dlrr(Bytes& content) noexcept {
  ByteReader r{content};
  XrDlrr out;
  out.ssrc = r.be32();
  out.last_rr = r.be32();
  out.delay_since_last_rr = r.be32();
  if (!r.ok()) return Errc::incomplete;
  content = r.rest();
  return out;
}

Result<XrStatistics> parse_xr_statistics(const XrBlockView& block) noexcept {
  if (block.type != XrBlockType::statistics) return Errc::unsupported;
  const unsigned flags = block.type_specific;
  ByteReader r{block.content};
  XrStatistics out;
  out.ssrc = r.be32();
  out.begin_sequence = r.be16();
  out.end_sequence = r.be16();
  out.lost_count = read_count(r, (flags & loss_flag) != 0);
  out.duplicate_count = read_count(r, (flags & duplicate_flag) != 0);
  out.jitter = read_jitter(r, (flags & jitter_flag) != 0);
  out.hops = read_hops(r, flags >> 3U & 3U);
  if (!r.ok()) return Errc::malformed;
  return out;
}

}  // namespace heptap
