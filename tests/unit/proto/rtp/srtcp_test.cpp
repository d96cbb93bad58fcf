#include "proto/rtp/srtcp.hpp"

#include <catch2/catch.hpp>
#include <string>

#include "tests/support/allocation_counter.hpp"
#include "tests/support/hex.hpp"
#include "tests/support/rtcp_text.hpp"
#include "tests/support/vectors.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

using Datagram = std::vector<std::uint8_t>;

Datagram vector_of(const char* file, const char* id) {
  const auto all = vectors(file);
  return from_hex(all.at(id).as_string());
}

Datagram srtcp(const char* id) { return vector_of("srtcp_vectors.json", id); }
Datagram rtcp(const char* id) { return vector_of("rtcp_vectors.json", id); }

/// A receiver report that a trailer follows.
Datagram with_trailer(std::uint32_t word, std::string_view behind, std::uint8_t first_byte = 0x7c) {
  Datagram out = from_hex("81c90007 55667788");
  out.resize(32, first_byte);
  for (const unsigned shift : {24U, 16U, 8U, 0U}) {
    out.push_back(static_cast<std::uint8_t>(word >> shift));
  }
  const Datagram rest = from_hex(behind);
  out.insert(out.end(), rest.begin(), rest.end());
  return out;
}

constexpr std::uint32_t encrypted = 0x80000000;
constexpr std::string_view tag = "3c47e646aec87fd8c625";

/// "encrypted 2", or "unproven" when there is no index.
std::string text(const SrtcpVerdict& verdict) {
  std::string out{to_string(verdict.kind)};
  return verdict.index ? out + ' ' + std::to_string(*verdict.index) : out;
}

}  // namespace

TEST_CASE("the head of SRTCP is in clear, and nothing else is taken from it") {
  struct Row {
    const char* id;
    std::uint32_t ssrc;
    std::uint8_t payload_type;
    std::size_t packet_bytes;
  };
  const auto row = GENERATE(values<Row>({{"S01", 0x11223344, 200, 52},
                                         {"S02", 0x55667788, 201, 32},
                                         {"S03", 0x11223344, 200, 52},
                                         {"S04", 0x55667788, 201, 32},
                                         {"S05", 0x55667788, 201, 32}}));
  CAPTURE(row.id);
  const auto head = parse_srtcp_head(srtcp(row.id));
  REQUIRE(head);
  CHECK(head->ssrc == row.ssrc);
  CHECK(head->payload_type == row.payload_type);
  CHECK(head->count == 1);
  CHECK(head->packet_bytes == row.packet_bytes);
  CHECK(parse_srtcp_head(from_hex("80000001 11223344")).error() == Errc::malformed);
}

TEST_CASE("with SDP one datagram is enough to know SRTCP and its index") {
  struct Row {
    const char* id;
    std::string want;
  };
  const auto row = GENERATE(values<Row>({{"S01", "encrypted 1"},
                                         {"S02", "encrypted 2"},
                                         {"S03", "authenticated 3"},
                                         {"S04", "encrypted 4"},
                                         {"S05", "encrypted 5"}}));
  CAPTURE(row.id);
  const auto hint = GENERATE(SrtcpHint::encrypted, SrtcpHint::unencrypted);
  const Datagram in = srtcp(row.id);
  const SrtcpVerdict verdict = SrtcpRecogniser{}.add(in, hint);
  CHECK(text(verdict) == row.want);
  if (row.id == std::string_view{"S03"}) {
    CHECK(rtcp_text(verdict.plain) == rtcp_text(rtcp("R01")));
  } else {
    CHECK(verdict.plain.empty());
  }
}

TEST_CASE("without SDP one datagram proves nothing, and gives no value") {
  const auto* const id = GENERATE("S01", "S02", "S03", "S04", "S05");
  CAPTURE(id);
  const Datagram in = srtcp(id);
  const SrtcpVerdict verdict = SrtcpRecogniser{}.add(in);
  CHECK(text(verdict) == "unproven");
  CHECK(verdict.plain.empty());
}

TEST_CASE("without SDP an index that grows proves SRTCP, whatever the trailer's lengths are") {
  const auto behind = GENERATE(as<std::string_view>{}, "3c47e646aec87fd8c625", "dfc7029e",
                               "00112233445566778899aabbccddeeff", "0011223344556677", "",
                               "01 3c47e646aec87fd8c625", "0001 3c47e646aec87fd8c625",
                               "00000001 3c47e646aec87fd8c625", "00000001");
  CAPTURE(behind);
  SrtcpRecogniser recogniser;
  CHECK(text(recogniser.add(with_trailer(encrypted | 7, behind))) == "unproven");
  CHECK(text(recogniser.add(with_trailer(encrypted | 9, behind, 0x93))) == "encrypted 9");
  CHECK(text(recogniser.add(with_trailer(encrypted | 10, behind))) == "encrypted 10");
  CHECK(recogniser.figures().packet_count == 3);
  CHECK(recogniser.figures().index == 10);
}

TEST_CASE("an index that stays, jumps or is huge proves nothing") {
  struct Row {
    std::uint32_t first;
    std::uint32_t second;
    bool is_proof;
  };
  const auto row = GENERATE(values<Row>({{7, 7, false},
                                         {7, 8, true},
                                         {7, 6, false},
                                         {7, 23, true},
                                         {7, 24, false},
                                         {(1U << 20U) - 2, (1U << 20U) - 1, true},
                                         {(1U << 20U) - 1, 1U << 20U, false}}));
  CAPTURE(row.first, row.second);
  SrtcpRecogniser recogniser;
  CHECK(text(recogniser.add(with_trailer(encrypted | row.first, tag))) == "unproven");
  const SrtcpVerdict verdict = recogniser.add(with_trailer(encrypted | row.second, tag));
  CHECK((verdict.kind == SrtcpKind::encrypted) == row.is_proof);
}

TEST_CASE("what is only authenticated is read when its index has grown") {
  Datagram next = srtcp("S03");
  next.at(next.size() - 11) = 4;
  SrtcpRecogniser recogniser;
  const Datagram first = srtcp("S03");
  CHECK(text(recogniser.add(first)) == "unproven");
  const SrtcpVerdict verdict = recogniser.add(next);
  CHECK(text(verdict) == "authenticated 4");
  CHECK(rtcp_text(verdict.plain) == rtcp_text(rtcp("R01")));
}

TEST_CASE("gaps in the index are reports that were lost") {
  SrtcpRecogniser recogniser;
  for (const unsigned index : {7U, 8U, 11U, 12U, 5U, 6U}) {
    static_cast<void>(recogniser.add(with_trailer(encrypted | index, tag)));
  }
  CHECK(recogniser.figures().lost_count == 2);
}

TEST_CASE("another source is judged on its own") {
  SrtcpRecogniser recogniser;
  CHECK(text(recogniser.add(srtcp("S01"))) == "unproven");
  CHECK(text(recogniser.add(srtcp("S02"))) == "unproven");
  CHECK(recogniser.figures().head.ssrc == 0x55667788);
  CHECK(recogniser.figures().packet_count == 1);
}

TEST_CASE("plain RTCP is clear, unless SDP says that it cannot be") {
  const Datagram in = rtcp("R01");
  SrtcpRecogniser recogniser;
  const SrtcpVerdict clear = recogniser.add(in);
  CHECK(text(clear) == "clear");
  CHECK(clear.plain.size() == in.size());
  CHECK(recogniser.add(in, SrtcpHint::unencrypted).kind == SrtcpKind::clear);
  const SrtcpVerdict verdict = recogniser.add(in, SrtcpHint::encrypted);
  CHECK(text(verdict) == "encrypted");
  CHECK(verdict.plain.empty());
  CHECK(recogniser.add(from_hex("80000001 11223344")).kind == SrtcpKind::other);
}

TEST_CASE("telling SRTCP allocates nothing") {
  const Datagram in = srtcp("S01");
  SrtcpRecogniser recogniser;
  AllocationCounter counter;
  const bool is_unproven = recogniser.add(in).kind == SrtcpKind::unproven;
  CHECK(counter.count() == 0);
  CHECK(is_unproven);
}
