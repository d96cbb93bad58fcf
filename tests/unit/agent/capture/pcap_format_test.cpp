#include "agent/capture/pcap_format.hpp"

#include <array>
#include <catch2/catch.hpp>

#include "agent/capture/capture_limits.hpp"
#include "tests/support/capture_builder.hpp"

using namespace heptap;
using namespace heptap::test;

TEST_CASE("a pcap header says byte order, unit of time and link type") {
  struct Row {
    const char* why;
    std::uint32_t magic;
    std::uint32_t ns_per_fraction;
    std::uint32_t record_head_bytes;
  };
  const auto row = GENERATE(values<Row>({{"microseconds", pcap_us, 1000, 16},
                                         {"nanoseconds", pcap_ns, 1, 16},
                                         {"modified", pcap_modified, 1000, 24}}));
  const auto order = GENERATE(std::endian::little, std::endian::big);
  CAPTURE(row.why, order == std::endian::little);
  const Buffer file = PcapBuilder(order, row.magic, 113).file();
  CHECK(is_pcap(file));
  const auto header = parse_pcap_header(file);
  REQUIRE(header.ok());
  CHECK(header->order == order);
  CHECK(header->ns_per_fraction == row.ns_per_fraction);
  CHECK(header->record_head_bytes == row.record_head_bytes);
  CHECK(header->snap_bytes == 65535);
  CHECK(header->link_type == 113);
}

TEST_CASE("the FCS bits are not part of the link type, and raw IP has one number") {
  struct Row {
    const char* why;
    std::uint32_t field;
    std::uint32_t link_type;
  };
  const auto row = GENERATE(values<Row>({{"Ethernet", 1, 1},
                                         {"FCS of 4 bytes", 0x2400'0000 << 0U | 1, 1},
                                         {"every FCS bit", 0xfc00'0001, 1},
                                         {"class bits stay", 0x0224'0002, 0x0224'0002},
                                         {"raw IP", 101, 101},
                                         {"DLT_RAW of Linux and BSD", 12, 101},
                                         {"DLT_RAW of OpenBSD", 14, 101}}));
  CAPTURE(row.why);
  const auto header = parse_pcap_header(PcapBuilder({}, pcap_us, row.field).file());
  REQUIRE(header.ok());
  CHECK(header->link_type == row.link_type);
}

TEST_CASE("a pcap header that is short, strange or of another version is told apart") {
  Buffer file = PcapBuilder().file();
  for (std::size_t size = 0; size < pcap_header_bytes; ++size) {
    CAPTURE(size);
    CHECK(parse_pcap_header(Bytes{file}.first(size)).error() == Errc::incomplete);
  }
  Buffer other_version = file;
  other_version[6] = 3;
  CHECK(parse_pcap_header(other_version).error() == Errc::unsupported);
  Buffer other_magic = file;
  other_magic[0] ^= 1;
  CHECK(parse_pcap_header(other_magic).error() == Errc::malformed);
  CHECK_FALSE(is_pcap(other_magic));
}

TEST_CASE("the time of a pcap record is unsigned and carries its fraction") {
  struct Row {
    const char* why;
    std::uint32_t magic;
    std::uint32_t seconds, fraction;
    std::int64_t time_ns;
  };
  const auto row = GENERATE(values<Row>({
      {"microseconds", pcap_us, 1'700'000'000, 123'456, 1'700'000'000'123'456'000},
      {"nanoseconds", pcap_ns, 1'700'000'000, 123'456'789, 1'700'000'000'123'456'789},
      {"after 2038", pcap_us, 2'147'483'648U, 1, 2'147'483'648'000'001'000},
      {"the last second", pcap_us, 4'294'967'295U, 999'999, 4'294'967'295'999'999'000},
      {"more than a second of microseconds", pcap_us, 10, 1'500'000, 11'500'000'000},
      {"more than a second of nanoseconds", pcap_ns, 10, 4'294'967'295U, 14'294'967'295},
      {"all bits", pcap_us, 4'294'967'295U, 4'294'967'295U,
       4'294'967'295'000'000'000 + 4'294'967'295'000},
  }));
  CAPTURE(row.why);
  const Buffer file = PcapBuilder({}, row.magic).head(row.seconds, row.fraction, 5, 6).file();
  const auto header = parse_pcap_header(file);
  REQUIRE(header.ok());
  const auto record = parse_pcap_record(*header, Bytes{file}.subspan(pcap_header_bytes));
  REQUIRE(record.ok());
  CHECK(record->time_ns == row.time_ns);
  CHECK(record->captured_bytes == 5);
  CHECK(record->wire_bytes == 6);
}

TEST_CASE("a pcap record that no capture writes is refused") {
  struct Row {
    const char* why;
    std::uint32_t captured_bytes, wire_bytes;
    Errc want;
  };
  const auto row = GENERATE(values<Row>({{"longest", max_frame_bytes, 1, Errc::none},
                                         {"one more", max_frame_bytes + 1, 1, Errc::over_limit},
                                         {"absurd", 0xffff'ffff, 1, Errc::over_limit},
                                         {"nothing captured of something", 0, 60, Errc::none},
                                         {"zeros", 0, 0, Errc::malformed}}));
  CAPTURE(row.why);
  const PcapHeader header;
  const Buffer file = PcapBuilder().head(0, 0, row.captured_bytes, row.wire_bytes).file();
  const auto record = parse_pcap_record(header, Bytes{file}.subspan(pcap_header_bytes));
  CHECK(record.error() == row.want);
}

TEST_CASE("every prefix of a pcap record head is incomplete") {
  const auto magic = GENERATE(pcap_us, pcap_modified);
  const Buffer file = PcapBuilder({}, magic).head(1, 2, 3, 4).file();
  const auto header = parse_pcap_header(file);
  REQUIRE(header.ok());
  const Bytes head = Bytes{file}.subspan(pcap_header_bytes);
  REQUIRE(head.size() == header->record_head_bytes);
  for (std::size_t size = 0; size < head.size(); ++size) {
    CAPTURE(size);
    CHECK(parse_pcap_record(*header, head.first(size)).error() == Errc::incomplete);
  }
}
