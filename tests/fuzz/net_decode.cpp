// The first byte picks the link layer. Whatever the rest is, a payload lies inside the frame.
#include <cstdlib>
#include <vector>

#include "proto/net/decode.hpp"
#include "proto/net/link.hpp"

using namespace heptap;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {  // NOLINT
  if (size == 0) return 0;
  constexpr std::uint32_t types[] = {link_type::ethernet,   link_type::linux_sll, link_type::null,
                                     link_type::linux_sll2, link_type::raw,       147};
  const std::uint32_t type = types[data[0] % std::size(types)];
  const Bytes frame{data + 1, size - 1};
  Packet p;
  if (decode(type, frame, p) != Decoded::packet) return 0;
  if (p.payload.size() > frame.size()) std::abort();
  if (!p.payload.empty() && (p.payload.data() < frame.data() ||
                             p.payload.data() + p.payload.size() > frame.data() + frame.size())) {
    std::abort();
  }
  return 0;
}
