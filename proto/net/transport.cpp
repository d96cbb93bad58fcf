#include "proto/net/transport.hpp"

namespace heptap {
namespace {

Decoded take_udp(ByteReader r, Packet& out) noexcept {
  out.source_port = r.be16();
  out.destination_port = r.be16();
  const std::size_t length = r.be16();
  r.be16();  // checksum: not verified, offload leaves it unset on captured egress
  if (!r.ok()) return Decoded::transport_truncated;
  if (length == 0) {
    out.payload = r.rest();
    return Decoded::packet;
  }
  if (length < 8) return Decoded::transport_malformed;
  const std::size_t payload_bytes = length - 8;
  if (payload_bytes > r.rest().size()) {
    if (!out.truncated) return Decoded::transport_malformed;  // longer than the IP packet around it
    out.payload = r.rest();
    return Decoded::packet;
  }
  out.payload = r.bytes(payload_bytes);
  out.truncated = false;  // only bytes behind the datagram are missing
  return Decoded::packet;
}

Decoded take_tcp(ByteReader r, Packet& out) noexcept {
  out.source_port = r.be16();
  out.destination_port = r.be16();
  out.tcp_sequence = r.be32();
  r.be32();  // acknowledgement
  const std::size_t header_bytes = (r.u8() >> 4U) * 4U;
  out.tcp_flags = r.u8();
  r.skip(6);  // window, checksum, urgent pointer
  if (!r.ok()) return Decoded::transport_truncated;
  if (header_bytes < 20) return Decoded::transport_malformed;
  r.skip(header_bytes - 20);  // options
  if (!r.ok()) return out.truncated ? Decoded::transport_truncated : Decoded::transport_malformed;
  out.payload = r.rest();
  return Decoded::packet;
}

Decoded take_sctp(ByteReader r, Packet& out) noexcept {
  out.source_port = r.be16();
  out.destination_port = r.be16();
  r.skip(8);  // verification tag, checksum
  if (!r.ok()) return Decoded::transport_truncated;
  out.payload = r.rest();
  return Decoded::packet;
}

}  // namespace

Decoded take_transport(Bytes in, Packet& out) noexcept {
  const ByteReader r{in};
  switch (out.ip_protocol) {
    case ip_protocol_udp: return take_udp(r, out);
    case ip_protocol_tcp: return take_tcp(r, out);
    case ip_protocol_sctp: return take_sctp(r, out);
    default: return Decoded::ip_protocol;
  }
}

}  // namespace heptap
