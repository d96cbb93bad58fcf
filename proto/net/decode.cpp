#include "proto/net/decode.hpp"

#include "proto/net/ip.hpp"
#include "proto/net/link.hpp"
#include "proto/net/transport.hpp"

namespace heptap {

Decoded decode(std::uint32_t type, Bytes frame, Packet& out, bool snapped) noexcept {
  out = Packet{};
  out.truncated = snapped;
  Bytes rest;
  if (const auto link = take_link(type, frame, rest, out); link != Decoded::packet) return link;
  if (const auto ip = take_ip(rest, rest, out); ip != Decoded::packet) return ip;
  return take_transport(rest, out);
}

std::string_view to_string(Decoded what) noexcept {
  switch (what) {
    case Decoded::packet: return "packet";
    case Decoded::link_type: return "link_type";
    case Decoded::link_truncated: return "link_truncated";
    case Decoded::not_ip: return "not_ip";
    case Decoded::ip_truncated: return "ip_truncated";
    case Decoded::ip_malformed: return "ip_malformed";
    case Decoded::ip_fragment: return "ip_fragment";
    case Decoded::ip_protocol: return "ip_protocol";
    case Decoded::transport_truncated: return "transport_truncated";
    case Decoded::transport_malformed: return "transport_malformed";
    case Decoded::count_: break;
  }
  return "?";
}

}  // namespace heptap
