#include "proto/net/ip.hpp"

namespace heptap {
namespace {

// Cuts `in` to the length that its header promises, or notes that the capture holds less.
Bytes bounded(Bytes in, std::size_t promised, Packet& out) noexcept {
  out.truncated = promised > in.size();
  return out.truncated ? in : in.first(promised);
}

Decoded take_ipv4(Bytes in, Bytes& rest, Packet& out) noexcept {
  ByteReader r{in};
  const auto version_ihl = r.u8();
  const auto traffic_class = r.u8();
  const auto total_length = r.be16();
  r.be16();  // identification
  const auto fragment = r.be16();
  r.u8();  // time to live
  const auto protocol = r.u8();
  r.be16();  // header checksum: not verified, offload leaves it unset on captured egress
  const auto source = r.bytes(4);
  const auto destination = r.bytes(4);
  if (!r.ok()) return Decoded::ip_truncated;

  const std::size_t header_bytes = (version_ihl & 0x0fU) * 4U;
  if (header_bytes < 20 || (total_length != 0 && total_length < header_bytes)) {
    return Decoded::ip_malformed;
  }
  r.skip(header_bytes - 20);  // options
  if (!r.ok()) return Decoded::ip_truncated;

  out.source.assign(source);
  out.destination.assign(destination);
  out.traffic_class = traffic_class;
  out.ip_protocol = protocol;
  // 0 is what segmentation offload leaves in captured egress.
  rest = total_length == 0 ? r.rest() : bounded(r.rest(), total_length - header_bytes, out);
  const bool is_fragment = (fragment & 0x3fffU) != 0;  // offset, or more to come
  return is_fragment ? Decoded::ip_fragment : Decoded::packet;
}

namespace next_header {
constexpr std::uint8_t hop_by_hop = 0;
constexpr std::uint8_t routing = 43;
constexpr std::uint8_t fragment = 44;
constexpr std::uint8_t authentication = 51;
constexpr std::uint8_t destination_options = 60;
constexpr std::uint8_t mobility = 135;
constexpr std::uint8_t hip = 139;
constexpr std::uint8_t shim6 = 140;
}  // namespace next_header

// Steps over one extension header. False when `type` is none: a transport header follows.
bool skip_extension(std::uint8_t& type, ByteReader& r, bool& is_fragment) noexcept {
  switch (type) {
    case next_header::hop_by_hop:
    case next_header::routing:
    case next_header::destination_options:
    case next_header::mobility:
    case next_header::hip:
    case next_header::shim6: {
      type = r.u8();
      const std::size_t length = r.u8();  // in units of 8 octets, not counting the first
      r.skip(6 + length * 8);
      return true;
    }
    case next_header::authentication: {
      type = r.u8();
      const std::size_t length = r.u8();  // in units of 4 octets, minus 2
      r.skip((length + 2) * 4 - 2);
      return true;
    }
    case next_header::fragment: {
      type = r.u8();
      r.u8();
      is_fragment = (r.be16() & 0xfff9U) != 0;  // an atomic fragment (RFC 6946) is a whole packet
      r.be32();
      return true;
    }
    default: return false;
  }
}

Decoded take_ipv6(Bytes in, Bytes& rest, Packet& out) noexcept {
  ByteReader r{in};
  const auto version_class_flow = r.be32();
  const auto payload_length = r.be16();
  auto type = r.u8();
  r.u8();  // hop limit
  const auto source = r.bytes(16);
  const auto destination = r.bytes(16);
  if (!r.ok()) return Decoded::ip_truncated;

  ByteReader body{payload_length == 0 ? r.rest() : bounded(r.rest(), payload_length, out)};
  // Each extension header takes at least eight octets, so the payload bounds the loop.
  bool is_fragment = false;
  while (!is_fragment && skip_extension(type, body, is_fragment)) {
    if (!body.ok()) return out.truncated ? Decoded::ip_truncated : Decoded::ip_malformed;
  }
  out.source.assign(source);
  out.destination.assign(destination);
  out.traffic_class = static_cast<std::uint8_t>(version_class_flow >> 20U & 0xffU);
  out.ip_protocol = type;
  rest = body.rest();
  return is_fragment ? Decoded::ip_fragment : Decoded::packet;
}

}  // namespace

Decoded take_ip(Bytes in, Bytes& rest, Packet& out) noexcept {
  if (in.empty()) return Decoded::ip_truncated;
  switch (in.front() >> 4U) {
    case 4: return take_ipv4(in, rest, out);
    case 6: return take_ipv6(in, rest, out);
    default: return Decoded::ip_malformed;
  }
}

}  // namespace heptap
