// Whatever comes, TcpStreams accounts for each byte, and allocates nothing for it.
#include <catch2/catch.hpp>
#include <string>

#include "proto/net/tcp_streams.hpp"
#include "tests/support/allocation_counter.hpp"
#include "tests/support/stream_reader.hpp"
#include "tests/support/tcp_segment.hpp"
#include "tests/support/test_random.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

constexpr StreamLimits small{.max_bytes = 20'000,
                             .max_streams = 6,
                             .max_stream_bytes = 4'000,
                             .max_age_us = 20'000,
                             .gap_wait_us = 300};

/// What stands at a place of any stream here: one more than what is in front of it.
char byte_at(std::uint32_t sequence) { return static_cast<char>(sequence & 0xffU); }

std::string bytes_at(std::uint32_t sequence, std::size_t size) {
  std::string out;
  for (std::uint32_t i = 0; i < size; ++i) out.push_back(byte_at(sequence + i));
  return out;
}

/// gives     whether each byte follows the one in front of it, but at the gaps
bool is_in_order(const ReadStream& stream) {
  auto gap = stream.gaps.begin();
  for (std::size_t i = 1; i < stream.text.size(); ++i) {
    while (gap != stream.gaps.end() && *gap < i) ++gap;
    if (gap != stream.gaps.end() && *gap == i) continue;
    if (stream.text[i] != byte_at(static_cast<std::uint8_t>(stream.text[i - 1]) + 1U)) return false;
  }
  return true;
}

/// Connections that go on, mostly, with all that can go wrong.
class Traffic {
 public:
  explicit Traffic(std::mt19937_64& random) : random_(random), next_(10) {
    for (auto& next : next_) next = static_cast<std::uint32_t>(random());
  }

  /// lifetime  of the payload: until the next call
  Packet segment() {
    const std::size_t port = below(random_, next_.size());
    std::uint32_t& next = next_[port];
    std::uint8_t flags = tcp_flag::ack;
    if (one_in(100)) next = static_cast<std::uint32_t>(random_());
    if (one_in(30)) next += static_cast<std::uint32_t>(below(random_, 200));
    if (one_in(60)) flags |= tcp_flag::syn;
    if (one_in(100)) flags |= tcp_flag::fin;
    if (one_in(200)) flags |= tcp_flag::rst;
    std::uint32_t begin = next;
    if (one_in(3)) begin += static_cast<std::uint32_t>(below(random_, 400)) - 200U;
    if (one_in(100)) begin += static_cast<std::uint32_t>(random_());
    const std::size_t size = below(random_, one_in(100) ? 4'100 : 150);
    const std::uint32_t syn = (flags & tcp_flag::syn) != 0 ? 1 : 0;
    payload_ = bytes_at(begin + syn, size);
    if (begin == next) next += syn + static_cast<std::uint32_t>(size);
    return test::segment(begin, payload_, flags, static_cast<std::uint16_t>(port));
  }

  bool one_in(std::size_t many) { return below(random_, many) == 0; }

 private:
  std::mt19937_64& random_;
  std::vector<std::uint32_t> next_;
  std::string payload_;
};

Leaves any_leaves(std::mt19937_64& random, const StreamRun& run) {
  const std::size_t used = below(random, run.bytes.size() + 1);
  const std::size_t rest = run.bytes.size() - used;
  StreamNeed need;
  if (below(random, 2) == 0) need.bytes = rest + 1 + below(random, 300);
  if (below(random, 4) == 0) {
    need = {.bytes = rest + 1, .blank_line = true, .without_line = rest + below(random, 9'000)};
  }
  return {used, need, below(random, 200) == 0};
}

}  // namespace

TEST_CASE(
    "each byte of any traffic is accounted for, and those that are read "
    "are in order") {
  std::mt19937_64 random = test_random();
  Traffic traffic(random);
  TcpStreams streams(small, [&](const Packet&) { return below(random, 4) != 0; });
  StreamReader reader([&](const StreamRun& run) { return any_leaves(random, run); });
  std::uint64_t entered = 0;
  std::int64_t now_us = 0;
  for (int step = 0; step < 100'000; ++step) {
    now_us += traffic.one_in(1000) ? 30'000 : static_cast<std::int64_t>(below(random, 50));
    reader.confirms = traffic.one_in(20);
    const Packet segment = traffic.segment();
    if (reader.take(streams, segment, now_us)) entered += segment.payload.size();
    REQUIRE(adds_up(streams.counts()));
    REQUIRE(streams.counts().held <= 20'000);
  }
  streams.finish();
  reader.read(streams);
  const StreamCounts& counts = streams.counts();
  CHECK(adds_up(counts));
  CHECK(counts.held == 0);
  CHECK(counts.entered == entered);
  for (const std::uint64_t count :
       {counts.repeated, counts.far, counts.evicted, counts.streams_evicted, counts.gaps}) {
    CHECK(count > 0);  // it happened
  }
  for (const ReadStream& stream : reader.streams) REQUIRE(is_in_order(stream));
}

TEST_CASE("streams allocate nothing after the start") {
  std::mt19937_64 random = test_random();
  Traffic traffic(random);
  TcpStreams streams(small, [](const Packet&) { return true; });
  const auto step = [&](std::int64_t now_us) {
    const Packet segment = traffic.segment();
    const AllocationCounter allocations;
    (void)streams.take(segment, now_us, now_us);
    for (StreamRun run; streams.next_run(run);) {
      if (traffic.one_in(30)) streams.confirm(run);
      const Leaves leaves = any_leaves(random, run);
      if (leaves.forgets) {
        streams.forget(run, false);
      } else {
        streams.consume(run, leaves.used, leaves.need);
      }
    }
    return allocations.count();
  };
  std::uint64_t allocated = 0;
  for (int i = 0; i < 20'000; ++i) allocated += step(i * 20);
  CHECK(streams.counts().streams > 100);
  CHECK(allocated == 0);
}
