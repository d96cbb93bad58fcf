// The input is a row of segments of a few connections: a byte for the port and flags, two for the step
// in the sequence, one for the time that passes, two for the length, one for what the reader does. A
// byte of a stream says where it is, so that it is known to be in its place when it is read.
#include "proto/net/tcp_streams.hpp"

#include <algorithm>
#include <array>

#include "tests/fuzz/require.hpp"

using namespace heptap;
using heptap::test::require;

namespace {

constexpr StreamLimits limits{.max_bytes = 1 << 15,
                              .max_streams = 4,
                              .max_stream_bytes = 1 << 12,
                              .max_age_us = 5'000'000,
                              .gap_wait_us = 500'000};

std::uint8_t byte_at(std::uint32_t sequence) { return static_cast<std::uint8_t>(sequence); }

/// The byte that the next run of a stream begins with, unless something is missing.
std::array<std::uint8_t, limits.max_streams + 1> front{};

void read(TcpStreams& streams, std::uint8_t what) {
  for (StreamRun run; streams.next_run(run); what = static_cast<std::uint8_t>(what * 5U + 1U)) {
    require(!run.bytes.empty() && run.stream < streams.max_streams());
    require(run.bytes.size() <= 3 * limits.max_stream_bytes);
    const std::uint8_t first = run.bytes.front();
    require(run.is_new || run.after_gap || first == front[run.stream]);
    for (std::size_t i = 0; i < run.bytes.size(); ++i) {
      require(run.bytes[i] == byte_at(first + static_cast<std::uint32_t>(i)));
    }
    if (what % 16 == 15) streams.confirm(run);
    const std::size_t used = std::min<std::size_t>(run.bytes.size(), what % 8 * (what / 8U));
    const std::size_t rest = run.bytes.size() - used;
    const std::size_t gone = run.is_last ? run.bytes.size() : used;
    front[run.stream] = byte_at(first + static_cast<std::uint32_t>(gone));
    if (what == 255) {
      require(streams.forget(run, run.bytes.size() % 2 == 0) >= run.bytes.size());
    } else {
      streams.consume(run, used, {rest + 1 + what, what % 2 == 0, rest + what * 4U});
    }
  }
  const StreamCounts& c = streams.counts();
  require(c.entered == c.read + c.repeated + c.far + c.evicted + c.held);
  require(c.held <= limits.max_bytes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {  // NOLINT
  TcpStreams streams(limits, [](const Packet& segment) { return segment.source_port % 2 == 0; });
  std::array<std::uint32_t, 8> sequence{0, 0xfffff000, 0x7fffff00};
  std::int64_t now_us = 0;
  for (ByteReader r{{data, size}}; !r.rest().empty();) {
    const std::uint8_t kind = r.u8();
    Packet segment;
    segment.source_port = kind % 8;
    segment.tcp_flags = kind >> 5U;  // FIN, SYN, RST
    std::uint32_t& next = sequence[kind % 8];
    const auto step = static_cast<std::int16_t>(r.be16());
    now_us += std::int64_t{r.u8()} * 20'000;
    std::vector<std::uint8_t> payload(r.be16() % (limits.max_stream_bytes + 2));
    segment.tcp_sequence = next + static_cast<std::uint32_t>(step);
    const std::uint32_t begin = segment.tcp_sequence + (segment.tcp_flags >> 1U & 1U);
    for (std::size_t i = 0; i < payload.size(); ++i) {
      payload[i] = byte_at(begin + static_cast<std::uint32_t>(i));
    }
    segment.payload = payload;
    if (step == 0) next = begin + static_cast<std::uint32_t>(payload.size());
    (void)streams.take(segment, now_us, now_us);
    read(streams, r.u8());
  }
  streams.finish();
  read(streams, 1);
  require(streams.counts().held == 0);
  return 0;
}
