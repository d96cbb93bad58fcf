#include "proto/net/decode.hpp"

#include "proto/net/ip.hpp"
#include "proto/net/link.hpp"
#include "proto/net/tunnel.hpp"

namespace heptap {

Decoded Decoder::decode(std::uint32_t type, Bytes frame, std::int64_t now_us, Packet& out,
                        bool snapped) noexcept {
  out = Packet{};
  out.truncated = snapped;
  Cursor at{frame, out};
  Step step = take_link(type, at);
  for (int depth = 0;; ++depth) {
    if (step.ends()) return step.reason();
    if (step.next() == Layer::payload) return Decoded::packet;
    if (depth == max_headers) return Decoded::nesting_limit;
    step = take(step.next(), at, now_us);
  }
}

Step Decoder::take(Layer layer, Cursor& at, std::int64_t now_us) noexcept {
  switch (layer) {
    case Layer::ip: return take_ip(at);
    case Layer::ip_payload: return take_ip_payload(at);
    case Layer::fragment:
      return defrag_.take(at, now_us) ? Step{Layer::ip_payload} : Step{Decoded::ip_fragment};
    case Layer::ethernet: return take_ethernet(at);
    case Layer::ah: return take_ah(at);
    case Layer::mpls: return take_mpls(at);
    case Layer::pppoe: return take_pppoe(at);
    case Layer::ppp: return take_ppp(at);
    case Layer::gre: return take_gre(at);
    case Layer::erspan_2: return take_erspan_2(at);
    case Layer::erspan_3: return take_erspan_3(at);
    case Layer::vxlan: return take_vxlan(at);
    case Layer::geneve: return take_geneve(at);
    case Layer::gtp_u: return take_gtp_u(at);
    case Layer::l2tp: return take_l2tp(at);
    case Layer::tzsp: return take_tzsp(at);
    case Layer::hp_erm: return take_hp_erm(at);
    case Layer::payload: break;
  }
  return Layer::payload;
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
    case Decoded::tunnel_truncated: return "tunnel_truncated";
    case Decoded::tunnel_malformed: return "tunnel_malformed";
    case Decoded::nesting_limit: return "nesting_limit";
    case Decoded::transport_truncated: return "transport_truncated";
    case Decoded::transport_malformed: return "transport_malformed";
    case Decoded::count_: break;
  }
  return "?";
}

}  // namespace heptap
