#include "proto/net/sctp_messages.hpp"

#include <algorithm>
#include <array>

#include "tests/support/allocation_counter.hpp"
#include "tests/support/hex.hpp"
#include "tests/unit/proto/net/sctp_tap.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

/// "abcd" in four fragments.
std::array<Frame, 4> fragments(std::uint32_t tsn) {
  return {data_chunk(tsn, "a", first), data_chunk(tsn + 1, "b", middle),
          data_chunk(tsn + 2, "c", middle), data_chunk(tsn + 3, "d", last)};
}

}  // namespace

TEST_CASE("each chunk of a packet is a message, whatever their padding") {
  SctpTap tap;
  Frame chunks;
  Messages want;
  for (std::uint32_t size = 1; size <= 9; ++size) {
    want.emplace_back(size, 'x');
    chunks = joined(chunks, data_chunk(size, want.back()));
    chunks = joined(chunks, chunk(sctp_chunk::sack, 0, Frame(12 + size)));
  }
  CHECK(tap.take(chunks) == 9);
  CHECK(tap.messages == want);
  CHECK(tap.counts().malformed == 0);
}

TEST_CASE("the padding of the last chunk may be missing") {
  SctpTap tap;
  Frame chunks = data_chunk(1, "abc");
  chunks.pop_back();
  CHECK(tap.take(chunks) == 1);
  CHECK(tap.messages == Messages{"abc"});
}

TEST_CASE("fragments make their message in every order, and copies of them nothing") {
  const std::uint32_t tsn = GENERATE(1U, 0xfffffffdU, 0x7ffffffeU, 0xffffU - 1);
  const std::size_t copied = GENERATE(0U, 1U, 2U, 3U);
  std::array<std::size_t, 4> order{0, 1, 2, 3};
  do {
    CAPTURE(tsn, copied, order[0], order[1], order[2], order[3]);
    SctpTap tap;
    const auto parts = fragments(tsn);
    for (std::size_t i = 0; i < order.size(); ++i) {
      CHECK(tap.take(parts[order[i]]) == (i == 3 ? 1U : 0U));
      if (i >= copied) CHECK(tap.take(parts[order[copied]]) == 0);
    }
    REQUIRE(tap.messages == Messages{"abcd"});
    REQUIRE(tap.counts().held == 0);
    REQUIRE(tap.counts().repeated == 4 - copied);
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST_CASE("fragments of messages in a row are not mixed") {
  SctpTap tap;
  const auto one = fragments(100);
  const auto two = fragments(104);
  for (const std::size_t i : {3U, 1U, 0U}) CHECK(tap.take(one[i]) == 0);
  for (const std::size_t i : {0U, 3U, 2U}) CHECK(tap.take(two[i]) == 0);
  CHECK(tap.take(two[1]) == 1);
  CHECK(tap.take(one[2]) == 1);
}

TEST_CASE("two packets may bring several fragments each, and whole messages between them") {
  SctpTap tap;
  const auto parts = fragments(7);
  CHECK(tap.take(joined(joined(data_chunk(6, "before"), parts[0]), parts[1])) == 1);
  CHECK(tap.take(joined(joined(parts[2], parts[3]), data_chunk(11, "after"))) == 2);
  CHECK(tap.messages == Messages{"before", "abcd", "after"});
}

TEST_CASE("what cannot be one message is not made one") {
  struct Row {
    const char* why;
    std::vector<Frame> chunks;
    std::size_t held;
  };
  const auto row = GENERATE(values<Row>({
      {"another stream", {data_chunk(1, "a", first, 1), data_chunk(2, "b", last, 2)}, 2},
      {"a TSN between them", {data_chunk(1, "a", first), data_chunk(3, "b", last)}, 2},
      {"no beginning", {data_chunk(1, "a", middle), data_chunk(2, "b", last)}, 2},
      {"no end", {data_chunk(1, "a", first), data_chunk(2, "b", middle)}, 2},
      {"two beginnings", {data_chunk(1, "a", first), data_chunk(2, "b", first)}, 2},
      {"an end behind an end",
       {data_chunk(2, "a", last), data_chunk(3, "b", last), data_chunk(4, "c", last)},
       3},
  }));
  CAPTURE(row.why);
  SctpTap tap;
  for (const Frame& chunk : row.chunks) CHECK(tap.take(chunk) == 0);
  CHECK(tap.counts().held == row.held);
}

TEST_CASE("of two ends and one beginning, the message has the first end") {
  SctpTap tap;
  tap.take(data_chunk(4, "d", last));
  tap.take(data_chunk(3, "c", last));
  CHECK(tap.take(data_chunk(2, "b", first)) == 1);
  CHECK(tap.messages == Messages{"bc"});
}

TEST_CASE("a TSN that comes again is counted, and an old one, too") {
  struct Row {
    const char* why;
    std::vector<std::uint32_t> tsns;
    std::size_t messages;
  };
  const auto row = GENERATE(values<Row>({
      {"at once", {5, 5}, 1},
      {"later", {5, 6, 7, 5, 6}, 3},
      {"in front of the first", {5, 4, 3, 4}, 3},
      {"across the wrap", {0xffffffff, 0, 0xffffffff, 1, 0}, 3},
      {"late, but not there yet", {5, 2053, 6}, 3},
      {"late, and there before", {5, 6, 2053, 6}, 3},
      {"too late to be known", {5, 2054, 6}, 2},
      {"in the place of one long gone", {5, 2053, 5000, 2053 + 2048}, 4},
      {"far from all before", {5, 0x20000, 5}, 3},
  }));
  CAPTURE(row.why);
  SctpTap tap;
  for (const std::uint32_t tsn : row.tsns) tap.take(data_chunk(tsn, "m"));
  CHECK(tap.messages.size() == row.messages);
  CHECK(tap.counts().repeated == row.tsns.size() - row.messages);
}

TEST_CASE("INIT begins an association anew") {
  const std::uint8_t type = GENERATE(sctp_chunk::init, sctp_chunk::init_ack);
  SctpTap tap;
  tap.take(joined(data_chunk(5, "five"), data_chunk(6, "old", first)));
  CHECK(tap.counts().held == 3);
  tap.take(chunk(type, 0, Frame(16)));
  CHECK(tap.counts().held == 0);
  CHECK(tap.counts().evicted == 3);
  CHECK(tap.take(data_chunk(7, "new", last)) == 0);
  CHECK(tap.take(data_chunk(5, "five")) == 1);
}

TEST_CASE("a copy of the INIT that its association began with changes nothing") {
  Frame init(12);
  put16(init, 0);
  put16(init, 5);  // the first TSN
  SctpTap tap;
  tap.take(joined(data_chunk(5, "five"), data_chunk(6, "fir", first)));
  tap.take(chunk(sctp_chunk::init, 0, init));
  CHECK(tap.take(data_chunk(5, "five")) == 0);
  CHECK(tap.take(data_chunk(7, "st", last)) == 1);
  CHECK(tap.messages == Messages{"five", "first"});
}

TEST_CASE("another verification tag is of another association, whatever its numbers") {
  SctpTap tap;
  const Frame chunks = joined(data_chunk(5, "five"), data_chunk(6, "old", first));
  CHECK(tap.take(chunks) == 1);
  const Frame again = joined(data_chunk(5, "again"), data_chunk(7, "new", last));
  Packet other = sctp_packet(again);
  other.sctp_tag = 1;
  CHECK(tap.take(other) == 1);
  CHECK(tap.messages == Messages{"five", "again"});
  CHECK(tap.counts().evicted == 3);
}

TEST_CASE("each direction and each association has its own numbers") {
  SctpTap tap;
  CHECK(tap.take(data_chunk(5, "a", first), 1000) == 0);
  CHECK(tap.take(data_chunk(6, "b", last), 1001) == 0);
  CHECK(tap.take(data_chunk(5, "c", first), 1001) == 1);
  CHECK(tap.take(data_chunk(6, "d", last), 1000) == 1);
  CHECK(tap.messages == Messages{"cb", "ad"});
}

TEST_CASE("interleaved messages are counted, and what is beside them is read") {
  SctpTap tap;
  const std::string data = "INVITE";
  const Frame i_data = chunk(64, sctp_flag::whole, joined(Frame(16), text(data)));
  CHECK(tap.take(joined(joined(data_chunk(1, "one"), i_data), data_chunk(2, "two"))) == 2);
  CHECK(tap.counts().unsupported == data.size());
  CHECK(tap.counts().malformed == 0);
}

TEST_CASE("a packet whose chunks cannot be is left at the first of them") {
  struct Row {
    const char* why;
    std::string_view hex;
  };
  const auto row = GENERATE(values<Row>({
      {"half a header", "0303"},
      {"no length", "03000000 00000000"},
      {"shorter than its header", "03000003 00000000"},
      {"longer than the packet", "03000009 00000000"},
      {"a data chunk without its header", "0003000f 00000001 00000000 00000000"},
      {"a data chunk without data", "00030010 00000001 00000000 00000000"},
      {"a data chunk longer than the packet", "00030012 00000001 00000000 00000000 61"},
  }));
  CAPTURE(row.why);
  SctpTap tap;
  CHECK(tap.take(joined(data_chunk(9, "whole"), from_hex(row.hex))) == 1);
  CHECK(tap.counts().malformed == 1);
  CHECK(tap.counts().entered == 5);
}

TEST_CASE("a packet cut anywhere gives the chunks that are whole") {
  const Frame all = joined(joined(data_chunk(1, "one"), data_chunk(2, "two")), data_chunk(3, "3"));
  const bool by_capture = GENERATE(false, true);
  for (std::size_t size = 0; size <= all.size(); ++size) {
    CAPTURE(size, by_capture);
    SctpTap tap;
    const std::size_t want =
        (size >= 19 ? 1U : 0U) + (size >= 39 ? 1U : 0U) + (size >= 57 ? 1U : 0U);
    Packet packet = sctp_packet(all);
    packet.payload = packet.payload.first(size);
    packet.truncated = by_capture;
    CHECK(tap.take(packet) == want);
    const bool is_between = (size + 1) % 20 <= 1 || want == 3;
    CHECK(tap.counts().malformed == (by_capture || is_between ? 0U : 1U));
    CHECK(tap.counts().truncated == (by_capture ? 1U : 0U));
  }
}

TEST_CASE("what cannot be is no work of the capture that cut the packet behind it") {
  const Frame chunks = from_hex("03000003 00000000");
  Packet packet = sctp_packet(chunks);
  packet.truncated = true;
  SctpTap tap;
  CHECK(tap.take(packet) == 0);
  CHECK(tap.counts().malformed == 1);
}

TEST_CASE("messages of SCTP are put together without an allocation") {
  SctpMessages sctp(SctpLimits{});
  const auto parts = fragments(1);
  std::vector<Packet> packets;
  packets.reserve(parts.size());
  for (const Frame& part : parts) packets.push_back(sctp_packet(part));
  std::size_t count = 0;
  const AllocationCounter counter;
  for (const Packet& packet : packets) {
    sctp.take(packet, 0, 0);
    for (Bytes message; sctp.next(message);) ++count;
  }
  CHECK(count == 1);
  CHECK(counter.count() == 0);
}
