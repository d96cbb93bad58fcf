// The input is a row of TCP segments of a few connections: a byte for the ports and flags, one for the
// step in the sequence, one for the time that passes, two for the length, then text. All bytes are
// accounted for, and what is given as a message is one.
#include "agent/pipeline/stream_messages.hpp"

#include <algorithm>

#include "tests/fuzz/require.hpp"

using namespace heptap;
using heptap::test::require;

namespace {

std::uint64_t sum_of(const Counts<StreamBytes>& bytes) {
  std::uint64_t sum = 0;
  for (int i = 0; i < static_cast<int>(StreamBytes::count_); ++i) {
    sum += bytes[static_cast<StreamBytes>(i)];
  }
  return sum;
}

void check_counts(const StreamMessages& streams) {
  const StreamCounts& c = streams.streams();
  require(c.entered == c.read + c.repeated + c.far + c.evicted + c.held);
  require(c.read == sum_of(streams.counts().bytes));
}

void read(StreamMessages& streams, SipView& sip) {
  Packet packet;
  std::int64_t time_us = 0;
  while (streams.next(sip, packet, time_us)) {
    SipView again;
    require(parse_sip(packet.payload, again) == Errc::none);
    require(again.head() == sip.head());
  }
  check_counts(streams);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {  // NOLINT
  static SipView sip;
  StreamMessages streams(
      {.max_bytes = 1 << 14,
       .max_streams = 4,
       .max_stream_bytes = 1 << 13,
       .max_age_us = 5'000'000,
       .gap_wait_us = 500'000,
       .seed = 1},
      [](const Packet& segment) { return segment.source_port % 2 == 0; },
      [](const FlowKey& flow) { return flow.source_port < 4; });
  std::uint32_t sequence[8] = {0, 0xffffff00, 0, 0, 0, 0, 0, 0};
  std::int64_t now_us = 0;
  ByteReader r{{data, size}};
  while (!r.rest().empty()) {
    const std::uint8_t kind = r.u8();
    Packet segment;
    segment.ip_protocol = ip_protocol_tcp;
    segment.source_port = kind % 8;
    segment.tcp_flags = kind >> 5U;  // FIN, SYN, RST
    std::uint32_t& next = sequence[kind % 8];
    const auto step = static_cast<std::int8_t>(r.u8());
    now_us += std::int64_t{r.u8()} * 20'000;
    const std::size_t length = r.be16();
    const auto block = test::exact_block(r.rest().data(), std::min(length, r.rest().size()));
    r.skip(block.size());
    segment.tcp_sequence = next + static_cast<std::uint32_t>(step);
    segment.payload = block;
    if (step == 0)
      next += static_cast<std::uint32_t>(block.size()) + (segment.tcp_flags >> 1U & 1U);
    (void)streams.take(segment, now_us, now_us);
    read(streams, sip);
  }
  streams.finish();
  read(streams, sip);
  require(streams.streams().held == 0);
  return 0;
}
