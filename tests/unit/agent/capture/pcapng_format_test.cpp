#include "agent/capture/pcapng_format.hpp"

#include <catch2/catch.hpp>
#include <limits>

#include "tests/support/capture_builder.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

constexpr auto latest = std::numeric_limits<std::int64_t>::max();

/// The body of the one block that the builder holds.
Bytes body_of(const PcapngBuilder& builder) {
  const Bytes file{builder.file()};
  return file.subspan(pcapng_head_bytes, file.size() - pcapng_min_bytes);
}

}  // namespace

TEST_CASE("a pcapng clock gives nanoseconds for every resolution that fits 64 bits") {
  struct Row {
    const char* why;
    std::uint8_t resolution;
    std::uint64_t ticks;
    std::int64_t time_ns;
  };
  const auto row = GENERATE(values<Row>({
      {"seconds", 0, 1'700'000'000, 1'700'000'000'000'000'000},
      {"milliseconds", 3, 1'700'000'000'123, 1'700'000'000'123'000'000},
      {"microseconds", 6, 1'700'000'000'123'456, 1'700'000'000'123'456'000},
      {"nanoseconds", 9, 1'700'000'000'123'456'789, 1'700'000'000'123'456'789},
      {"tenths of a nanosecond", 10, 17'000'000'001'234'567'899U, 1'700'000'000'123'456'789},
      {"picoseconds", 12, 1'999, 1},
      {"the finest", 19, 10'000'000'000'000'000'000U, 1'000'000'000},
      {"halves of a second", 0x81, 7, 3'500'000'000},
      {"whole seconds, binary", 0x80, 7, 7'000'000'000},
      {"2^-20", 0x94, (5ULL << 20) + 1, 5'000'000'953},
      {"2^-32", 0xa0, (1'700'000'000ULL << 32) + (1ULL << 31), 1'700'000'000'500'000'000},
      {"2^-63", 0xbf, (1ULL << 63) + (1ULL << 62), 1'500'000'000},
      {"beyond 2262", 6, std::numeric_limits<std::uint64_t>::max(), latest},
      {"beyond 2262, binary", 0x80, std::numeric_limits<std::uint64_t>::max(), latest},
  }));
  CAPTURE(row.why);
  const auto clock = PcapngClock::of(row.resolution);
  REQUIRE(clock.ok());
  CHECK(clock->time_ns(row.ticks) == row.time_ns);
}

TEST_CASE("a pcapng clock finer than 64 bits can hold is not supported") {
  CHECK(PcapngClock::of(20).error() == Errc::unsupported);
  CHECK(PcapngClock::of(0x7f).error() == Errc::unsupported);
  CHECK(PcapngClock::of(0xc0).error() == Errc::unsupported);
}

TEST_CASE("if_tsoffset moves the clock both ways and never wraps") {
  PcapngClock clock;
  clock.set_offset(100);
  CHECK(clock.time_ns(1) == 100'000'001'000);
  clock.set_offset(-100);
  CHECK(clock.time_ns(1) == -99'999'999'000);
  clock.set_offset(latest);
  CHECK(clock.time_ns(std::numeric_limits<std::uint64_t>::max()) == latest);
}

TEST_CASE("an interface description gives link type, snap length and clock in either byte order") {
  const auto order = GENERATE(std::endian::little, std::endian::big);
  const auto offset_first = GENERATE(false, true);
  PcapngBuilder b{order};
  const Buffer name = b.option(2, as_bytes("eth0"));  // not ours, to be stepped over
  const Buffer offset = b.time_offset(5);
  const Buffer resolution = b.resolution(9);
  const Buffer time = offset_first ? joined(offset, resolution) : joined(resolution, offset);
  b.interface(113, 262144, joined(joined(name, time), b.option(0, {})));
  const PcapngInterface interface = parse_pcapng_interface(order, body_of(b));
  CHECK(interface.usable);
  CHECK(interface.well_formed);
  CHECK(interface.link_type == 113);
  CHECK(interface.snap_bytes == 262144);
  CHECK(interface.clock.time_ns(7) == 5'000'000'007);
}

TEST_CASE("what is wrong in an interface description costs no more than it must") {
  PcapngBuilder b;
  SECTION("options behind the end of options are not read") {
    b.interface(1, 0, joined(b.option(0, {}), b.resolution(9)));
    const PcapngInterface interface = parse_pcapng_interface(b.part().order(), body_of(b));
    CHECK(interface.well_formed);
    CHECK(interface.clock.time_ns(1) == 1000);
  }
  SECTION("an option that runs past the block leaves what was read before") {
    b.interface(1, 0, joined(b.resolution(9), b.part().u16(2).u16(500).u32(0).file()));
    const PcapngInterface interface = parse_pcapng_interface(b.part().order(), body_of(b));
    CHECK(interface.usable);
    CHECK_FALSE(interface.well_formed);
    CHECK(interface.clock.time_ns(1) == 1);
  }
  SECTION("a clock nobody can read makes the interface unusable") {
    b.interface(1, 0, b.resolution(0x7f));
    CHECK_FALSE(parse_pcapng_interface(b.part().order(), body_of(b)).usable);
  }
  SECTION("a body too short for the fixed fields makes it unusable") {
    b.block(1, b.part().u16(1).u16(0).file());
    CHECK_FALSE(parse_pcapng_interface(b.part().order(), body_of(b)).usable);
  }
}

TEST_CASE("a block is bounded by its length, and a section says its own byte order") {
  const auto order = GENERATE(std::endian::little, std::endian::big);
  const auto other = order == std::endian::little ? std::endian::big : std::endian::little;
  PcapngBuilder b{order};
  const Buffer section = b.section().file();
  const auto block = parse_pcapng_block(other, section);
  REQUIRE(block.ok());
  CHECK(block->order == order);
  CHECK(block->total_bytes == section.size());
  CHECK(ends_pcapng_block(*block, Bytes{section}.last(4)));
  CHECK_FALSE(ends_pcapng_block(*block, Bytes{section}.first(4)));
  CHECK_FALSE(ends_pcapng_block(*block, Bytes{section}.last(3)));
  for (std::size_t size = 0; size < pcapng_min_bytes; ++size) {
    CHECK(parse_pcapng_block(order, Bytes{section}.first(size)).error() == Errc::incomplete);
  }
}

TEST_CASE("a length that no block has is refused") {
  struct Row {
    const char* why;
    std::uint32_t type, length;
    Errc want;
  };
  const auto row = GENERATE(values<Row>({{"the least", 5, 12, Errc::none},
                                         {"shorter than its own frame", 5, 8, Errc::malformed},
                                         {"zero", 5, 0, Errc::malformed},
                                         {"not a multiple of 4", 5, 33, Errc::malformed},
                                         {"the longest", 5, 256U << 20U, Errc::none},
                                         {"longer", 5, (256U << 20U) + 4, Errc::over_limit},
                                         {"a section of 24", 0x0a0d0d0a, 24, Errc::malformed}}));
  CAPTURE(row.why);
  FileBuilder b{std::endian::little};
  b.u32(row.type).u32(row.length).u32(0x1a2b3c4d);
  CHECK(parse_pcapng_block(std::endian::little, b.file()).error() == row.want);
}

TEST_CASE("a section of another major version, or without byte order, is refused") {
  PcapngBuilder b;
  b.section(UINT64_MAX, 2);
  CHECK(check_pcapng_section(std::endian::little, body_of(b)) == Errc::unsupported);
  Buffer file = b.file();
  file[8] ^= 1;
  CHECK(parse_pcapng_block(std::endian::little, file).error() == Errc::malformed);
}

TEST_CASE("a packet never leaves the block around it") {
  const Buffer frame = {1, 2, 3, 4, 5};
  PcapngBuilder enhanced;
  enhanced.enhanced(3, 0x1122'3344'5566'7788, frame, 99);
  const auto packet = parse_enhanced_packet(std::endian::little, body_of(enhanced));
  REQUIRE(packet.ok());
  CHECK(packet->interface == 3);
  CHECK(packet->ticks == 0x1122'3344'5566'7788);
  CHECK(packet->wire_bytes == 99);
  CHECK(Buffer(packet->bytes.begin(), packet->bytes.end()) == frame);

  PcapngBuilder obsolete;
  obsolete.obsolete(3, 77, frame);
  const auto old_packet = parse_obsolete_packet(std::endian::little, body_of(obsolete));
  REQUIRE(old_packet.ok());
  CHECK(old_packet->interface == 3);
  CHECK(old_packet->ticks == 77);
  CHECK(old_packet->bytes.size() == 5);

  // The frame's padding makes prefixes that still hold all of it: up to that it is malformed.
  const Bytes body = body_of(enhanced);
  for (std::size_t size = 0; size < 20 + frame.size(); ++size) {
    CAPTURE(size);
    CHECK_FALSE(parse_enhanced_packet(std::endian::little, body.first(size)).ok());
    CHECK_FALSE(parse_obsolete_packet(std::endian::little, body_of(obsolete).first(size)).ok());
  }
}

TEST_CASE("a simple packet is as long as the snap length let it be") {
  struct Row {
    const char* why;
    std::uint32_t snap_bytes, wire_bytes;
    std::size_t want;
  };
  const auto row = GENERATE(values<Row>(
      {{"no limit", 0, 5, 5}, {"shorter than the limit", 100, 5, 5}, {"cut", 8, 900, 8}}));
  CAPTURE(row.why);
  PcapngBuilder b;
  b.simple(Buffer{1, 2, 3, 4, 5, 6, 7, 8}, row.wire_bytes);
  const auto packet = parse_simple_packet(std::endian::little, row.snap_bytes, body_of(b));
  REQUIRE(packet.ok());
  CHECK(packet->bytes.size() == row.want);
  CHECK(packet->wire_bytes == row.wire_bytes);
  CHECK_FALSE(parse_simple_packet(std::endian::little, 0, body_of(b).first(4)).ok());
}
