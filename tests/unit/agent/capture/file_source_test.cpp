#include "agent/capture/file_source.hpp"

#include <catch2/catch.hpp>
#include <random>

#include "agent/capture/capture_limits.hpp"
#include "tests/support/allocation_counter.hpp"
#include "tests/unit/agent/capture/frames.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

constexpr std::int64_t s_1 = 1'000'000'000;

Buffer pcap_file(std::endian order = std::endian::little, std::uint32_t magic = pcap_us) {
  PcapBuilder b{order, magic, 113};
  b.record(1, 2, payload(60, 1)).record(3, 4, payload(0, 2), 9).record(5, 6, payload(333, 3));
  return b.record(7, 8, payload(1, 4), 1).file();
}

/// Every block that is read, and some that are not, over two sections.
Buffer pcapng_file(std::endian order = std::endian::little) {
  PcapngBuilder b{order};
  b.section().interface(1).block(5, payload(33, 9)).interface(101, 0, b.resolution(9));
  b.enhanced(0, 1'000'000, payload(61, 1)).enhanced(1, 2, payload(62, 2), 900);
  b.obsolete(1, 3, payload(63, 3)).block(0x0bad, {}).simple(payload(8, 4), 8);
  b.section(32).interface(276, 4).simple(payload(4, 5), 70);
  return b.enhanced(0, 9, payload(64, 6), 64, b.option(1, as_bytes("comment"))).file();
}

/// What both of them, cut anywhere, may leave: a prefix of the frames.
void check_is_prefix(const std::vector<Frame>& part, const std::vector<Frame>& whole) {
  REQUIRE(part.size() <= whole.size());
  CHECK(std::equal(part.begin(), part.end(), whole.begin()));
}

std::string refusal(Bytes file, StreamFailure failure = {}) {
  try {
    read_all(file, SIZE_MAX, failure);
  } catch (const CaptureError& error) {
    return (error.kind() == CaptureError::Kind::unavailable ? "unavailable " : "") +
           std::string{error.what()};
  }
  return "accepted";
}

}  // namespace

TEST_CASE("a pcap file of either byte order and any unit gives its frames") {
  const auto order = GENERATE(std::endian::little, std::endian::big);
  const auto magic = GENERATE(pcap_us, pcap_ns, pcap_modified);
  const auto gzip = GENERATE(false, true);
  const Buffer plain = pcap_file(order, magic);
  const Reading all = read_all(gzip ? gzipped(plain) : plain);
  const std::int64_t unit = magic == pcap_ns ? 1 : 1000;
  CHECK(all.state == ReadState::end);
  CHECK(all.bad_records == 0);
  CHECK(all.frames == std::vector<Frame>{{1 * s_1 + 2 * unit, 113, 0, 60, payload(60, 1)},
                                         {3 * s_1 + 4 * unit, 113, 0, 9, {}},
                                         {5 * s_1 + 6 * unit, 113, 0, 333, payload(333, 3)},
                                         {7 * s_1 + 8 * unit, 113, 0, 1, payload(1, 4)}});
}

TEST_CASE("a pcapng file gives the frames of all its sections and interfaces") {
  const auto order = GENERATE(std::endian::little, std::endian::big);
  const auto gzip = GENERATE(false, true);
  const Buffer plain = pcapng_file(order);
  const Reading all = read_all(gzip ? gzipped(plain) : plain);
  CHECK(all.state == ReadState::end);
  CHECK(all.bad_records == 0);
  CHECK(all.frames == std::vector<Frame>{{s_1, 1, 0, 61, payload(61, 1)},
                                         {2, 101, 1, 900, payload(62, 2)},
                                         {3, 101, 1, 63, payload(63, 3)},
                                         {3, 1, 0, 8, payload(8, 4)},
                                         {3, 276, 2, 70, payload(4, 5)},
                                         {9000, 276, 2, 64, payload(64, 6)}});
}

TEST_CASE("sections of both byte orders share a file") {
  const Buffer file = joined(pcapng_file(std::endian::little), pcapng_file(std::endian::big));
  const Reading all = read_all(file);
  CHECK(all.state == ReadState::end);
  REQUIRE(all.frames.size() == 12);
  CHECK(all.frames[6].interface_id == 3);
  CHECK(all.frames[6].bytes == all.frames[0].bytes);
}

TEST_CASE("every prefix of a pcap file gives a prefix of its frames, then damage where it is cut") {
  const Buffer file = pcap_file(std::endian::little, GENERATE(pcap_us, pcap_modified));
  const Reading whole = read_all(file);
  const std::size_t head = (file.size() - 24 - 394) / 4;
  const std::size_t ends[] = {24, 24 + head + 60, 24 + 2 * head + 60, 24 + 3 * head + 393,
                              file.size()};
  for (std::size_t size = 4; size <= file.size(); ++size) {
    CAPTURE(size);
    const Reading part = read_all(Bytes{file}.first(size));
    check_is_prefix(part.frames, whole.frames);
    const auto* end = std::find(std::begin(ends), std::end(ends), size);
    if (end != std::end(ends)) {
      CHECK(part.state == ReadState::end);
      CHECK(part.frames.size() == static_cast<std::size_t>(end - ends));
      continue;
    }
    CHECK(part.state == ReadState::damaged);
    CHECK(part.damage.reason == "record cut short");
    const std::uint64_t record =
        size < 24 ? 0 : *(std::upper_bound(ends, std::end(ends), size) - 1);
    CHECK(part.damage.offset == record);
    CHECK(part.damage.compressed_offset == 0);
  }
}

TEST_CASE("every prefix of a pcapng file gives a prefix of its frames, and damage or a clean end") {
  const Buffer file = pcapng_file();
  const Reading whole = read_all(file);
  std::size_t clean_ends = 0;
  for (std::size_t size = 4; size <= file.size(); ++size) {
    CAPTURE(size);
    const Reading part = read_all(Bytes{file}.first(size));
    check_is_prefix(part.frames, whole.frames);
    CHECK(part.bad_records == 0);
    if (part.state == ReadState::end) {
      ++clean_ends;
      continue;
    }
    CHECK(part.damage.reason == "record cut short");
    CHECK(part.damage.offset < size);
    CHECK(part.damage.offset % 4 == 0);
  }
  CHECK(clean_ends == 13);  // one for each block
}

TEST_CASE("every prefix of a gzip file gives a prefix of its frames and never a clean end") {
  const Buffer plain = GENERATE(pcap_file(), pcapng_file());
  const Reading whole = read_all(plain);
  const Buffer file = gzipped(plain);
  std::size_t most_frames = 0;
  for (std::size_t size = 0; size < file.size(); ++size) {
    CAPTURE(size);
    if (refusal(Bytes{file}.first(size)) != "accepted") continue;
    const Reading part = read_all(Bytes{file}.first(size));
    check_is_prefix(part.frames, whole.frames);
    CHECK(part.state == ReadState::damaged);
    CHECK(part.damage.reason == "gzip data is cut short");
    CHECK(part.damage.compressed_offset == size);
    most_frames = std::max(most_frames, part.frames.size());
  }
  CHECK(most_frames == whole.frames.size());  // cut in the checksum behind the last frame
}

TEST_CASE("any cutting of the stream gives the same frames") {
  const Buffer file =
      GENERATE(pcap_file(), pcapng_file(), gzipped(pcap_file()), gzipped(pcapng_file()));
  const Reading whole = read_all(file);
  REQUIRE(whole.state == ReadState::end);
  for (std::size_t step = 1; step < 200; ++step) {
    CAPTURE(step);
    const Reading cut = read_all(file, step);
    CHECK(cut.frames == whole.frames);
    CHECK(cut.state == ReadState::end);
  }
}

TEST_CASE("gzip members may cut the file anywhere") {
  const Buffer file = pcapng_file();
  const Reading whole = read_all(file);
  for (std::size_t at = 0; at <= file.size(); at += 3) {
    CAPTURE(at);
    const Reading all =
        read_all(joined(gzipped(Bytes{file}.first(at)), gzipped(Bytes{file}.subspan(at))));
    CHECK(all.frames == whole.frames);
    CHECK(all.state == ReadState::end);
  }
}

TEST_CASE("frames longer than the buffer are read up to the limit, and beyond it are damage") {
  const Buffer longest = payload(max_frame_bytes, 1);
  PcapBuilder pcap;
  pcap.record(1, 0, payload(300'000, 2)).record(2, 0, longest);
  const std::size_t damaged_at = pcap.file().size();
  pcap.head(3, 0, max_frame_bytes + 1, max_frame_bytes + 1).raw(longest);
  const Reading all = read_all(pcap.file());
  CHECK(all.frames.size() == 2);
  CHECK(all.frames.back().bytes == longest);
  CHECK(all.state == ReadState::damaged);
  CHECK(all.damage.offset == damaged_at);
  CHECK(all.damage.reason == "captured length above 16 MiB");

  PcapngBuilder pcapng;
  pcapng.section().interface(1).enhanced(0, 1, longest);
  const std::size_t block_at = pcapng.file().size();
  pcapng.block(6, payload(max_frame_bytes + 100'000, 3));
  const Reading blocks = read_all(pcapng.file());
  CHECK(blocks.frames.size() == 1);
  CHECK(blocks.damage.offset == block_at);
  CHECK(blocks.damage.reason == "block to be read above 16 MiB");
}

TEST_CASE("a frame captured beyond its wire length has at least the length that is there") {
  const Reading all = read_all(PcapBuilder().record(1, 0, payload(60, 1), 14).file());
  REQUIRE(all.frames.size() == 1);
  CHECK(all.frames[0].wire_bytes == 60);
}

TEST_CASE("damage ends a pcap file where it begins") {
  PcapBuilder b;
  b.record(1, 0, payload(10, 1));
  const std::size_t at = b.file().size();
  const auto row = GENERATE(values<std::pair<std::uint32_t, const char*>>(
      {{0, "record of zeros"}, {0x8000'0000, "captured length above 16 MiB"}}));
  b.head(0, 0, row.first, 0).raw(payload(50, 2));
  const Reading all = read_all(b.file());
  CHECK(all.frames.size() == 1);
  CHECK(all.state == ReadState::damaged);
  CHECK(all.damage.offset == at);
  CHECK(all.damage.reason == row.second);
}

TEST_CASE("a pcapng file whose chain of blocks breaks is damaged there") {
  PcapngBuilder b;
  b.section().interface(1).enhanced(0, 1, payload(10, 1));
  const std::size_t at = b.file().size();
  const Buffer body = payload(20, 2);
  std::string_view reason;
  SECTION("the lengths of a packet differ") {
    b.block(6, body, 0, 36);
    reason = "the two lengths of a block differ";
  }
  SECTION("the lengths of a block that is stepped over differ") {
    b.block(5, body, 0, 36);
    reason = "the two lengths of a block differ";
  }
  SECTION("a length of zero, as a crash leaves it") {
    b.raw(Buffer(100, 0));
    reason = "not a pcapng block";
  }
  SECTION("a length that is no multiple of 4") {
    b.block(6, body, 33);
    reason = "not a pcapng block";
  }
  SECTION("an absurd length") {
    b.block(5, body, 0xffff'fff0);
    reason = "block length above 256 MiB";
  }
  SECTION("a section without its byte order") {
    b.block(0x0a0d0d0a, body);
    reason = "not a pcapng block";
  }
  SECTION("a section of another version") {
    b.section(UINT64_MAX, 2);
    reason = "pcapng version is not 1";
  }
  b.enhanced(0, 2, payload(10, 3));
  const Reading all = read_all(b.file());
  CHECK(all.frames.size() == 1);
  CHECK(all.state == ReadState::damaged);
  CHECK(all.damage.offset == at);
  CHECK(all.damage.reason == reason);
  CHECK(all.bad_records == 0);
}

TEST_CASE("a pcapng block that is framed well and makes no sense costs only itself") {
  PcapngBuilder b;
  b.section();
  SECTION("a packet before any interface") { b.enhanced(0, 1, payload(10, 1)); }
  SECTION("a simple packet before any interface") { b.simple(payload(10, 1), 10); }
  b.interface(1);
  SECTION("an interface that was never described") { b.enhanced(1, 1, payload(10, 1)); }
  SECTION("a packet longer than its block") {
    b.block(6, b.part().u32(0).u32(0).u32(0).u32(21).u32(21).bytes(payload(20, 1)).file());
  }
  SECTION("a packet without room for its fields") { b.block(6, payload(16, 1)); }
  SECTION("a simple packet shorter than it says") { b.simple(payload(4, 1), 10); }
  SECTION("an interface with options cut off") {
    b.interface(1, 0, b.part().u16(9).u16(400).file());
  }
  SECTION("an empty interface description") { b.block(1, {}); }
  b.enhanced(0, 7, payload(11, 2));
  const Reading all = read_all(b.file());
  CHECK(all.state == ReadState::end);
  CHECK(all.bad_records == 1);
  CHECK(all.frames == std::vector<Frame>{{7000, 1, 0, 11, payload(11, 2)}});
}

TEST_CASE("an interface that cannot be read keeps its number") {
  PcapngBuilder b;
  b.section().block(1, {}).interface(113);
  b.enhanced(0, 1, payload(10, 1)).enhanced(1, 1, payload(10, 2));
  const Reading all = read_all(b.file());
  CHECK(all.bad_records == 2);
  CHECK(all.frames == std::vector<Frame>{{1000, 113, 1, 10, payload(10, 2)}});
}

TEST_CASE("a section has a bounded number of interfaces") {
  PcapngBuilder b;
  b.section();
  for (std::size_t i = 0; i < PcapngReader::max_interfaces; ++i) b.interface(1);
  b.enhanced(65'535, 1, payload(10, 1));
  const std::size_t at = b.file().size();
  b.interface(1);
  const Reading all = read_all(b.file());
  CHECK(all.frames.size() == 1);
  CHECK(all.damage.offset == at);
  CHECK(all.damage.reason == "more than 65536 interfaces in a section");
}

TEST_CASE("a pcap header of another version is damage at the start") {
  Buffer file = pcap_file();
  file[4] = 9;
  const Reading all = read_all(file);
  CHECK(all.frames.empty());
  CHECK(all.damage.offset == 0);
  CHECK(all.damage.reason == "pcap version is not 2.4");
}

TEST_CASE("a read error comes after the frames before it and names its errno") {
  const Buffer file = GENERATE(pcap_file(), pcapng_file());
  const Reading whole = read_all(file);
  const Reading all = read_all(file, 50, {"Input/output error", 5});
  CHECK(all.frames == whole.frames);
  CHECK(all.state == ReadState::damaged);
  CHECK(all.damage.offset == file.size());
  CHECK(all.damage.error_number == 5);
  CHECK(to_string(all.damage) ==
        "read error: Input/output error at byte " + std::to_string(file.size()));
}

TEST_CASE("damage in gzip says both places") {
  Buffer gzip = gzipped(pcap_file());
  gzip[gzip.size() - 6] ^= 1;  // in the checksum, behind which the length is left
  const Reading all = read_all(gzip);
  CHECK(all.frames.size() == 4);
  CHECK(all.damage.offset == pcap_file().size());
  CHECK(to_string(all.damage) == "gzip data is corrupt at byte " +
                                     std::to_string(pcap_file().size()) + " (near byte " +
                                     std::to_string(gzip.size() - 4) + " of the gzip file)");
}

TEST_CASE("what is no capture file is refused by name, with what to do about it") {
  CHECK(refusal({}) == "test: is empty");
  CHECK(refusal(as_bytes("INVITE sip:a@b SIP/2.0\r\n")) ==
        "test: neither a pcap nor a pcapng file");
  CHECK(refusal(as_bytes("\xa1\xb2")) == "test: neither a pcap nor a pcapng file");
  CHECK(refusal(as_bytes("\xfd\x37zXZ123")) ==
        "test: is compressed with xz; use: xz -dc FILE | heptap replay -");
  CHECK(refusal(gzipped(as_bytes("hello world"))) == "test: neither a pcap nor a pcapng file");
  CHECK(refusal(as_bytes("\x1f\x8b garbage that gzip refuses")) == "test: gzip data is corrupt");
  CHECK(refusal({}, {"Input/output error", 5}) == "unavailable test: Input/output error");
}

TEST_CASE("any byte of a file may change: it is read to an end or to damage inside it") {
  const Buffer good = GENERATE(pcap_file(), pcapng_file(), gzipped(pcapng_file()));
  std::mt19937 random{std::random_device::result_type{20}};
  for (std::size_t at = 4; at < good.size(); ++at) {
    Buffer bad = good;
    bad[at] = static_cast<std::uint8_t>(bad[at] ^ (1U << random() % 8U));
    CAPTURE(at, bad[at]);
    if (refusal(bad) != "accepted") continue;  // gzip gave no start of a capture file
    const Reading all = read_all(bad);
    CHECK(all.state != ReadState::frame);
    CHECK(all.damage.offset <= std::max<std::size_t>(good.size(), pcapng_file().size()));
    CHECK((all.state == ReadState::damaged) == !all.damage.reason.empty());
  }
}

TEST_CASE("reading allocates nothing once it is under way") {
  PcapBuilder pcap;
  PcapngBuilder pcapng;
  pcapng.section().interface(1);
  for (std::uint32_t i = 0; i < 2000; ++i) {
    const Buffer frame = payload(200 + i % 1300, i);
    pcap.record(i, 0, frame);
    pcapng.enhanced(i % 100, i, frame);
    if (i % 20 == 0) pcapng.block(5, frame).interface(1);
  }
  const Buffer file = GENERATE_COPY(
      values<Buffer>({pcap.file(), pcapng.file(), gzipped(pcap.file()), gzipped(pcapng.file())}));
  CaptureFile source = CaptureFile::from_stream(std::make_unique<MemoryStream>(file), "test");
  RawFrame frame;
  REQUIRE(source.next(frame) == ReadState::frame);
  const AllocationCounter allocations;
  std::uint64_t frames = 1;
  while (source.next(frame) == ReadState::frame) ++frames;
  CHECK(allocations.count() == 0);
  CHECK(frames + source.bad_packets().count == 2000);
}
