// The input is a row of frames for one decoder: a byte for the link layer, two for the length, one
// for the time that passes or goes back. Whatever they are, a payload can be read, and every fragment is
// accounted for.
#include <algorithm>
#include <numeric>

#include "proto/net/decode.hpp"
#include "proto/net/link.hpp"
#include "tests/fuzz/require.hpp"

using namespace heptap;
using heptap::test::exact_block;
using heptap::test::require;

namespace {

constexpr std::uint32_t link_types[] = {link_type::ethernet,
                                        link_type::linux_sll,
                                        link_type::null,
                                        link_type::linux_sll2,
                                        link_type::raw,
                                        link_type::ppp,
                                        link_type::nflog,
                                        link_type::ppp_ether,
                                        link_type::c_hdlc,
                                        link_type::ppp_hdlc,
                                        147};

std::uint64_t accounted(const DefragCounts& counts) {
  return std::accumulate(counts.fates.begin(), counts.fates.end(), counts.held);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {  // NOLINT
  Decoder decoder(DefragLimits{.max_bytes = 1 << 17, .max_datagrams = 16});
  std::uint64_t fragments = 0;
  std::int64_t now_us = 0;
  ByteReader r{{data, size}};
  while (!r.rest().empty()) {
    const std::uint32_t type = link_types[r.u8() % std::size(link_types)];
    const std::size_t length = r.be16();
    now_us += std::int64_t{static_cast<std::int8_t>(r.u8())} * 100'000;
    const Bytes bytes = r.bytes(std::min(length, r.rest().size()));
    const auto frame = exact_block(bytes.data(), bytes.size());
    Packet packet;
    const Decoded decoded = decoder.decode(type, frame, now_us, packet);
    if (decoded == Decoded::ip_fragment) ++fragments;
    // The others of a datagram that became whole were counted when they came.
    require(accounted(decoder.fragments()) == fragments);
    if (decoded != Decoded::packet) continue;
    const auto payload = exact_block(packet.payload.data(), packet.payload.size());
    require(std::equal(payload.begin(), payload.end(), packet.payload.begin()));
  }
  return 0;
}
