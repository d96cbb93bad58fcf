#include "proto/net/tunnel.hpp"

namespace heptap {
namespace {

// A label does not say what it is put on. A frame may have a control word in front, which begins with
// four zero bits (RFC 4448), as most addresses of network cards do: so a frame without one is looked
// for first.
Step after_labels(Cursor& at) noexcept {
  if (at.rest.empty()) return Decoded::tunnel_truncated;
  switch (guess_layer(at.rest)) {
    case Layer::ip: return Layer::ip;
    case Layer::ethernet: return inner_ethernet(at.out);
    default: break;
  }
  ByteReader r{at.rest};
  const bool has_control_word = r.u8() >> 4U == 0;
  r.skip(3);
  if (!has_control_word || !looks_like_ethernet(r.rest())) return Decoded::not_ip;
  at.rest = r.rest();
  return inner_ethernet(at.out);
}

}  // namespace

Step take_mpls(Cursor& at) noexcept {
  ByteReader r{at.rest};
  bool is_last = false;
  while (!is_last && r.ok()) is_last = (r.be32() & 0x100U) != 0;  // "bottom of stack"
  if (!r.ok()) return Decoded::tunnel_truncated;
  at.rest = r.rest();
  return after_labels(at);
}

}  // namespace heptap
