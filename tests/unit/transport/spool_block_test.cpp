#include "transport/spool/spool_block.hpp"

#include "tests/support/text_bytes.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <bit>
#include <string>
#include <string_view>

namespace heptap {
namespace {

using test::bytes_of;

constexpr std::uint32_t salt = 0x5eed;
constexpr std::int64_t now_us = 1'700'000'000'000'000;

std::string text_of(std::span<const std::uint8_t> bytes) { return {bytes.begin(), bytes.end()}; }

FrameRecords three_frames() {
  FrameRecords records;
  records.add({.time_us = 1, .bytes = bytes_of("one")});
  records.add({.time_us = -2, .bytes = bytes_of("")});
  records.add({.time_us = 3, .bytes = bytes_of(std::string(65535, 'x'))});
  return records;
}

std::vector<std::uint8_t> block_of(FrameRecords records, SpoolHaste haste,
                                   std::uint32_t alignment = 1) {
  SpoolBlockWriter writer;
  const auto block = writer.write(records, 40, now_us, {salt, alignment}, haste);
  return {block.begin(), block.end()};
}

}  // namespace

TEST_CASE("a block of a spool gives back its frames, compressed or not") {
  const auto haste = GENERATE(SpoolHaste::none, SpoolHaste::quick);
  const auto block = block_of(three_frames(), haste);
  const auto header = read_spool_block_header(block, salt);
  REQUIRE(header);
  CHECK(header->first == 40);
  CHECK(header->end() == 43);
  CHECK(header->written_us == now_us);
  CHECK(header->compressed == (haste == SpoolHaste::none));
  CHECK(SpoolBlockHeader::bytes + header->stored_bytes == block.size());

  SpoolBlockReader reader;
  FrameRecordReader records(reader.read(*header, std::span(block).subspan(SpoolBlockHeader::bytes)),
                            salt, 40);
  auto frame = records.next();
  REQUIRE(frame);
  CHECK(frame->time_us == 1);
  CHECK(text_of(frame->bytes) == "one");
  frame = records.next();
  REQUIRE(frame);
  CHECK(frame->time_us == -2);
  CHECK(frame->bytes.empty());
  frame = records.next();
  REQUIRE(frame);
  CHECK(text_of(frame->bytes) == std::string(65535, 'x'));
  CHECK_FALSE(records.next());
}

TEST_CASE("a block is filled up with zeros to where the next one may begin") {
  constexpr std::uint32_t page = PageBuffer::page_bytes;
  const auto haste = GENERATE(SpoolHaste::none, SpoolHaste::quick);
  FrameRecords records = three_frames();
  SpoolBlockWriter writer;
  const auto block = writer.write(records, 40, now_us, {salt, page}, haste);
  CHECK(std::bit_cast<std::uintptr_t>(block.data()) % page == 0);
  CHECK(block.size() % page == 0);
  const auto header = read_spool_block_header(block, salt);
  REQUIRE(header);
  const auto padding = block.subspan(SpoolBlockHeader::bytes + header->stored_bytes);
  CHECK(padding.size() < page);
  CHECK(std::count(padding.begin(), padding.end(), 0) ==
        static_cast<std::ptrdiff_t>(padding.size()));
}

TEST_CASE("what zstd makes longer is stored as it is") {
  FrameRecords records;
  records.add({.time_us = 1, .bytes = bytes_of("short")});
  const auto block = block_of(std::move(records), SpoolHaste::none);
  const auto header = read_spool_block_header(block, salt);
  REQUIRE(header);
  CHECK_FALSE(header->compressed);
}

TEST_CASE("no header of a block is believed with another salt, a changed bit, or a byte too few") {
  auto block = block_of(three_frames(), SpoolHaste::none);
  const auto head = std::span(block).first(SpoolBlockHeader::bytes);
  CHECK(read_spool_block_header(head, salt));
  CHECK_FALSE(read_spool_block_header(head, salt + 1));
  CHECK_FALSE(read_spool_block_header(head.first(head.size() - 1), salt));
  for (std::size_t bit = 0; bit < 8 * SpoolBlockHeader::bytes; ++bit) {
    CAPTURE(bit);
    head[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
    CHECK_FALSE(read_spool_block_header(head, salt));
    head[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
  }
}

TEST_CASE("a damaged record ends a block, and those before it are given") {
  auto block = block_of(three_frames(), SpoolHaste::quick);
  const auto header = read_spool_block_header(block, salt);
  REQUIRE(header);
  const std::size_t second = SpoolBlockHeader::bytes + FrameRecords::header_bytes + 3;
  const auto at = GENERATE(0, 4, 8, 15);
  block[second + static_cast<std::size_t>(at)] ^= 0x40U;
  SpoolBlockReader reader;
  FrameRecordReader records(reader.read(*header, std::span(block).subspan(SpoolBlockHeader::bytes)),
                            salt, 40);
  const auto frame = records.next();
  REQUIRE(frame);
  CHECK(text_of(frame->bytes) == "one");
  CHECK_FALSE(records.next());
}

TEST_CASE("a record that was copied to the place of another one is damaged") {
  FrameRecords two;
  two.add({.time_us = 1, .bytes = bytes_of("one")});
  two.add({.time_us = 2, .bytes = bytes_of("two")});
  auto block = block_of(std::move(two), SpoolHaste::quick);
  const auto header = read_spool_block_header(block, salt);
  REQUIRE(header);
  constexpr std::ptrdiff_t record = FrameRecords::header_bytes + 3;
  const auto first = block.begin() + SpoolBlockHeader::bytes;
  std::copy(first, first + record, first + record);
  SpoolBlockReader reader;
  const auto stored = std::span(block).subspan(SpoolBlockHeader::bytes);
  FrameRecordReader records(reader.read(*header, stored), salt, 40);
  CHECK(records.next());
  CHECK_FALSE(records.next());
}

}  // namespace heptap
