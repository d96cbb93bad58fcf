// The input is a row of packets of a few associations: a byte for the ports, the tag, and whether the
// capture cut the packet, one for the time that passes or goes back, two for the length, then chunks.
// All bytes are accounted for, and messages can be read.
#include <algorithm>

#include "proto/hash.hpp"
#include "proto/net/sctp_messages.hpp"
#include "tests/fuzz/require.hpp"

using namespace heptap;
using heptap::test::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {  // NOLINT
  SctpMessages sctp({.max_bytes = 1 << 17,
                     .max_associations = 3,
                     .max_message_bytes = 1 << 12,
                     .max_age_us = 1'000'000,
                     .seed = 1});
  const TextHash hash(1);
  [[maybe_unused]] static volatile std::uint64_t touched;  // so that messages are read
  std::int64_t now_us = 0;
  ByteReader r{{data, size}};
  while (!r.rest().empty()) {
    Packet packet;
    packet.ip_protocol = ip_protocol_sctp;
    const std::uint8_t kind = r.u8();
    packet.source_port = kind % 4;
    packet.truncated = (kind & 4U) != 0;
    packet.sctp_tag = kind & 8U;
    now_us += std::int64_t{static_cast<std::int8_t>(r.u8())} * 10'000;
    const std::size_t length = r.be16();
    const auto block = test::exact_block(r.rest().data(), std::min(length, r.rest().size()));
    r.skip(block.size());
    packet.payload = block;
    sctp.take(packet, now_us, now_us);
    Bytes message;
    while (sctp.next(message)) touched = hash(as_text(message));
    const SctpCounts& c = sctp.counts();
    require(c.entered == c.left + c.repeated + c.over_limit + c.unsupported + c.evicted + c.held);
  }
  return 0;
}
