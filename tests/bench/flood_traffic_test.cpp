#include "tests/bench/flood_traffic.hpp"

#include <catch2/catch.hpp>
#include <set>
#include <string>

#include "agent/pipeline/pipeline.hpp"

using namespace heptap;
using namespace heptap::bench;

namespace {

constexpr std::uint64_t packet_count = 4 * HostilePackets::wave_packets;

FloodKind any_kind() {
  return GENERATE(FloodKind::fragments, FloodKind::half_open, FloodKind::endless_heads,
                  FloodKind::associations);
}

FloodOptions options_of(FloodKind kind, std::uint64_t packets = packet_count) {
  return {.kind = kind, .packet_count = packets, .good_every = 500, .apart = 1000};
}

std::size_t calls_of(std::uint64_t message_count) {
  CallTraffic traffic;
  std::set<std::uint64_t> calls;
  for (std::uint64_t i = 0; i < message_count; ++i) calls.insert(traffic.next_message().call);
  return calls.size();
}

// What of a flood comes through the pipeline.
struct Outcome {
  std::uint64_t good_count;
  std::uint64_t messages;
  std::size_t calls;
  std::string ledger_fault;
};

Outcome run_flood(const FloodOptions& flood_options, const PipelineOptions& options) {
  FloodTraffic flood(flood_options);
  CallTable calls({.max_entries = 1000});
  Pipeline pipeline(options, calls, nullptr);
  RawFrame frame;
  while (flood.next(frame)) pipeline.handle(frame);
  pipeline.finish();
  const Ledger ledger{.way = pipeline.ledger(), .streams = pipeline.stream_ledger()};
  return {flood.good_count(), pipeline.counts().parsed[Parsed::sip], calls.size(), ledger.fault()};
}

}  // namespace

TEST_CASE("a flood is in order of time, one hostile packet each microsecond") {
  FloodTraffic flood(options_of(any_kind()));
  RawFrame frame;
  std::int64_t first_ns = 0;
  std::int64_t last_ns = 0;
  std::uint64_t hostile_count = 0;
  std::uint64_t misplaced = 0;
  while (flood.next(frame)) {
    if (first_ns == 0) first_ns = frame.time_ns;
    if (frame.time_ns < last_ns) ++misplaced;
    last_ns = frame.time_ns;
    if (frame.bytes[26] != 10) continue;  // those of good messages come from 198.18.0.0/15
    if (frame.time_ns != first_ns + static_cast<std::int64_t>(1000 * hostile_count++)) ++misplaced;
  }
  CHECK(misplaced == 0);
  CHECK(hostile_count == packet_count);
  CHECK(flood.good_count() == packet_count / 500);
}

// The flood is larger than every table, and what never becomes whole no message.
TEST_CASE("every good message comes out of a flood, and nothing else does") {
  const FloodKind kind = any_kind();
  CAPTURE(static_cast<int>(kind));
  const Outcome outcome = run_flood(options_of(kind), {});
  CHECK(outcome.messages == outcome.good_count);
  CHECK(outcome.calls == calls_of(outcome.good_count));
  CHECK(outcome.ledger_fault.empty());
}

// Not of all: some parts come behind the flood, or where it is of heads that only go on, and those
// are not taken up again.
TEST_CASE("a flood that does not fit between the parts of a message pushes the first ones out") {
  const FloodKind kind = any_kind();
  CAPTURE(static_cast<int>(kind));
  PipelineOptions options;
  options.fragments.max_datagrams = options.streams.max_streams = 40;
  options.sctp.max_associations = 40;
  const Outcome outcome = run_flood(options_of(kind, 2 * packet_count), options);
  CHECK(outcome.messages < outcome.good_count * 4 / 5);
  CHECK(outcome.ledger_fault.empty());
}
