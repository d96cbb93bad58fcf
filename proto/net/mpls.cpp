#include "proto/net/tunnel.hpp"

namespace heptap {
namespace {

constexpr std::size_t control_word_bytes = 4;

// A label does not say what it is put on. Ethernet is asked for first, with and without the control
// word, which begins with four zero bits: an address may begin like an IP header, but where an
// EtherType is and the IP version that it promises, there is a frame.
Step guess(Cursor& at) noexcept {
  if (at.rest.empty()) return Decoded::tunnel_truncated;
  const std::uint8_t nibble = at.rest.front() >> 4U;
  if (nibble == 0 && at.rest.size() > control_word_bytes &&
      looks_like_ethernet(at.rest.subspan(control_word_bytes))) {
    at.rest = at.rest.subspan(control_word_bytes);
    return inner_ethernet(at.out);
  }
  if (looks_like_ethernet(at.rest)) return inner_ethernet(at.out);
  return nibble == 4 || nibble == 6 ? Step{Layer::ip} : Step{Decoded::not_ip};
}

}  // namespace

Step take_mpls(Cursor& at) noexcept {
  ByteReader r{at.rest};
  bool is_last = false;
  while (!is_last && r.ok()) is_last = (r.be32() & 0x100U) != 0;  // "bottom of stack"
  if (!r.ok()) return Decoded::tunnel_truncated;
  at.rest = r.rest();
  return guess(at);
}

}  // namespace heptap
