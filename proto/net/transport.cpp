#include "proto/net/transport.hpp"

#include "proto/net/tunnel.hpp"

namespace heptap {
namespace {

// One bit for each tunnel port, by its lowest six bits: most datagrams are done after one look.
constexpr std::uint64_t tunnel_port_bits = [] {
  std::uint64_t bits = 0;
  for (const TunnelRow& row : tunnel_rows) {
    if (row.key == TunnelKey::udp_port) bits |= std::uint64_t{1} << (row.number & 63U);
  }
  return bits;
}();

const TunnelRow* tunnel_of_port(std::uint16_t port) noexcept {
  if ((tunnel_port_bits >> (port & 63U) & 1U) == 0) return nullptr;
  return find_tunnel(TunnelKey::udp_port, port);
}

// Tunnels are sent to their port, and some answer from it.
Step after_udp(Cursor& at) noexcept {
  const TunnelRow* row = tunnel_of_port(at.out.destination_port);
  if (row == nullptr) row = tunnel_of_port(at.out.source_port);
  at.rest = at.out.payload;
  return row == nullptr ? Step{Layer::payload} : Step{row->layer};
}

}  // namespace

Step take_udp(Cursor& at) noexcept {
  Packet& out = at.out;
  ByteReader r{at.rest};
  out.source_port = r.be16();
  out.destination_port = r.be16();
  const std::size_t length = r.be16();
  r.be16();  // checksum: not verified, offload leaves it unset on captured egress
  if (!r.ok()) return Decoded::transport_truncated;
  if (length == 0) {
    out.payload = r.rest();
    out.cut_bytes = 0;
    return after_udp(at);
  }
  if (length < 8) return Decoded::transport_malformed;
  const std::size_t payload_bytes = length - 8;
  if (payload_bytes > r.rest().size()) {
    if (!out.truncated) return Decoded::transport_malformed;  // longer than the IP packet around it
    out.payload = r.rest();
    out.cut_bytes = static_cast<std::uint16_t>(payload_bytes - out.payload.size());
    return after_udp(at);
  }
  out.payload = r.bytes(payload_bytes);
  out.truncated = false;  // only bytes behind the datagram are missing
  out.cut_bytes = 0;
  return after_udp(at);
}

Step take_tcp(Cursor& at) noexcept {
  Packet& out = at.out;
  ByteReader r{at.rest};
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
  return Layer::payload;
}

Step take_sctp(Cursor& at) noexcept {
  Packet& out = at.out;
  ByteReader r{at.rest};
  out.source_port = r.be16();
  out.destination_port = r.be16();
  out.sctp_tag = r.be32();
  r.skip(4);  // checksum
  if (!r.ok()) return Decoded::transport_truncated;
  out.payload = r.rest();
  return Layer::payload;
}

}  // namespace heptap
