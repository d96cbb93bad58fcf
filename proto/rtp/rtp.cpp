#include "proto/rtp/rtp.hpp"

namespace heptap {
namespace {

constexpr std::size_t word_bytes = 4;
constexpr std::size_t fixed_header_bytes = 12;

constexpr unsigned padding_bit = 0x20;
constexpr unsigned extension_bit = 0x10;
constexpr unsigned csrc_bits = 0x0f;
constexpr unsigned marker_bit = 0x80;
constexpr unsigned payload_type_bits = 0x7f;

constexpr bool is_version_2(std::uint8_t first) noexcept { return first >> 6U == 2; }

// With the marker in front these are packet types of RTCP.
constexpr bool is_kept_for_rtcp(unsigned payload_type) noexcept {
  return payload_type >= 64 && payload_type <= 95;
}

Bytes without_padding(Bytes payload) noexcept {
  const std::size_t padding = payload.empty() ? 0 : payload.back();
  return padding > payload.size() ? payload : payload.first(payload.size() - padding);
}

}  // namespace

bool looks_like_rtp(Bytes in) noexcept { return parse_likely_rtp(in).ok(); }

Result<RtpView> parse_likely_rtp(Bytes in) noexcept {
  const Result<RtpView> rtp = parse_rtp(in);
  if (rtp && is_kept_for_rtcp(rtp->payload_type)) return Errc::malformed;
  return rtp;
}

Result<RtpView> parse_rtp(Bytes in) noexcept {
  if (in.size() < fixed_header_bytes) return Errc::incomplete;
  ByteReader r{in};
  const std::uint8_t first = r.u8();
  if (!is_version_2(first)) return Errc::malformed;
  RtpView out;
  const unsigned second = r.u8();
  out.marker = (second & marker_bit) != 0;
  out.payload_type = static_cast<std::uint8_t>(second & payload_type_bits);
  out.sequence = r.be16();
  out.timestamp = r.be32();
  out.ssrc = r.be32();
  out.csrc_count = static_cast<std::uint8_t>(first & csrc_bits);
  r.skip(out.csrc_count * word_bytes);
  out.has_extension = (first & extension_bit) != 0;
  if (out.has_extension) {
    out.extension_profile = r.be16();
    out.extension = r.bytes(r.be16() * word_bytes);
  }
  if (!r.ok()) return Errc::incomplete;
  out.has_padding = (first & padding_bit) != 0;
  out.payload = out.has_padding ? without_padding(r.rest()) : r.rest();
  return out;
}

}  // namespace heptap
