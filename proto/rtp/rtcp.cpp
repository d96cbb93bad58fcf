#include "proto/rtp/rtcp.hpp"

namespace heptap {
namespace {

constexpr std::size_t word_bytes = 4;
constexpr std::size_t source_bytes = 4;
constexpr std::size_t report_block_bytes = 24;
constexpr std::size_t sender_info_bytes = 20;

constexpr unsigned padding_bit = 0x20;
constexpr unsigned count_bits = 0x1f;

constexpr bool is_version_2(std::uint8_t first) noexcept { return first >> 6U == 2; }

// RFC 5761 section 4: what a second byte of RTP and RTCP on one port may be.
constexpr bool is_rtcp_type(std::uint8_t payload_type) noexcept {
  return payload_type >= 192 && payload_type <= 223;
}

// The types that may start a datagram. The others are for H.261 and newer things, which come behind.
constexpr bool is_known_type(std::uint8_t payload_type) noexcept {
  return payload_type >= 200 && payload_type <= 207;
}

RtcpType type_of(std::uint8_t payload_type) noexcept {
  return is_known_type(payload_type) ? static_cast<RtcpType>(payload_type - 200) : RtcpType::other;
}

std::size_t least_body_bytes(RtcpType type, std::size_t count) noexcept {
  switch (type) {
    case RtcpType::sr: return source_bytes + sender_info_bytes + count * report_block_bytes;
    case RtcpType::rr: return source_bytes + count * report_block_bytes;
    case RtcpType::sdes:  // some leave out the zero that ends the items
    case RtcpType::bye: return count * source_bytes;
    case RtcpType::app: return source_bytes + word_bytes;  // the name
    case RtcpType::rtpfb:
    case RtcpType::psfb: return source_bytes + source_bytes;  // the media's
    case RtcpType::xr: return source_bytes;
    case RtcpType::other:
    case RtcpType::count_: break;
  }
  return 0;
}

// The last byte says how many bytes of padding there are, itself included.
Result<Bytes> without_padding(Bytes body) noexcept {
  if (body.empty()) return Errc::malformed;
  const std::size_t padding = body.back();
  if (padding == 0 || padding % word_bytes != 0 || padding > body.size()) return Errc::malformed;
  return body.first(body.size() - padding);
}

bool can_be_first(const RtcpPacketView& packet) noexcept {
  return packet.type != RtcpType::other && packet.body.size() >= source_bytes;
}

}  // namespace

std::string_view to_string(RtcpType type) noexcept {
  switch (type) {
    case RtcpType::sr: return "sr";
    case RtcpType::rr: return "rr";
    case RtcpType::sdes: return "sdes";
    case RtcpType::bye: return "bye";
    case RtcpType::app: return "app";
    case RtcpType::rtpfb: return "rtpfb";
    case RtcpType::psfb: return "psfb";
    case RtcpType::xr: return "xr";
    case RtcpType::other: return "other";
    case RtcpType::count_: break;
  }
  return "?";
}

bool looks_like_rtcp(Bytes in) noexcept {
  ByteReader r{in};
  const std::uint8_t first = r.u8();
  const std::uint8_t payload_type = r.u8();
  const std::size_t body_bytes = r.be16() * word_bytes;
  return is_version_2(first) && is_known_type(payload_type) && body_bytes >= source_bytes &&
         body_bytes <= r.rest().size();
}

Result<RtcpPacketView> next_rtcp(Bytes& compound) noexcept {
  ByteReader r{compound};
  const std::uint8_t first = r.u8();
  const std::uint8_t payload_type = r.u8();
  const std::size_t body_bytes = r.be16() * word_bytes;
  if (!r.ok()) return Errc::incomplete;
  if (!is_version_2(first) || !is_rtcp_type(payload_type)) return Errc::malformed;
  Bytes body = r.bytes(body_bytes);
  if (!r.ok()) return Errc::incomplete;
  if ((first & padding_bit) != 0) {
    const Result<Bytes> rest = without_padding(body);
    if (!rest || !r.rest().empty()) return Errc::malformed;
    body = *rest;
  }
  const auto count = static_cast<std::uint8_t>(first & count_bits);
  const RtcpType type = type_of(payload_type);
  if (body.size() < least_body_bytes(type, count)) return Errc::malformed;
  compound = r.rest();
  return RtcpPacketView{type, payload_type, count, body};
}

Result<RtcpCounts> count_rtcp(Bytes in) noexcept {
  RtcpCounts counts;
  bool is_first = true;
  do {
    const Result<RtcpPacketView> packet = next_rtcp(in);
    if (!packet) return packet.error();
    if (is_first && !can_be_first(*packet)) return Errc::malformed;
    is_first = false;
    ++counts.packets[static_cast<std::size_t>(packet->type)];
  } while (!in.empty());
  return counts;
}

}  // namespace heptap
