#include "proto/sip/inflate.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/allocation_counter.hpp"
#include "tests/support/deflater.hpp"
#include "tests/support/hex.hpp"
#include "tests/support/sip_text.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

constexpr std::size_t room_bytes = 64 * 1024;

/// One direction of a connection, with room for what comes out.
struct Direction {
  Inflater inflater;
  std::vector<std::uint8_t> room = std::vector<std::uint8_t>(room_bytes);

  Result<Bytes> message(Bytes compressed) { return inflater.message(compressed, room); }

  /// The text, or the name of the error.
  std::string text(Bytes compressed) {
    const Result<Bytes> out = message(compressed);
    return std::string(out ? as_text(*out) : to_string(out.error()));
  }
  std::string hex(std::string_view compressed) { return text(from_hex(compressed)); }
};

constexpr std::string_view hello = "f248cdc9c90700";    // RFC 7692 section 7.2.3.1
constexpr std::string_view hello_again = "f200110000";  // 7.2.3.2: refers to the one before

}  // namespace

TEST_CASE("the examples of RFC 7692 section 7.2.3 inflate to Hello") {
  struct Row {
    const char* why;
    std::string_view payload;
    std::string_view want;
  };
  const auto row = GENERATE(values<Row>({
      {"7.2.3.1, one block", hello, "Hello"},
      {"7.2.3.3, a stored block", "000500faff48656c6c6f00", "Hello"},
      {"7.2.3.4, a final block", "f348cdc9c9070000", "Hello"},
      {"7.2.3.5, two blocks", "f248050000 00ffff cac9c90700", "Hello"},
      {"7.2.3.6, an empty message", "00", ""},
  }));
  CAPTURE(row.why);
  Direction d;
  CHECK(d.hex(row.payload) == row.want);
  CHECK(d.hex(hello) == "Hello");
}

TEST_CASE("what some senders do beside RFC 7692 inflates all the same") {
  struct Row {
    const char* why;
    std::string_view payload;
    std::string_view want;
  };
  const auto row = GENERATE(values<Row>({
      {"the last four bytes not left out", "f248cdc9c907000000ffff", "Hello"},
      {"a final block and no padding", "f348cdc9c90700", "Hello"},
      {"no payload at all", "", ""},
  }));
  CAPTURE(row.why);
  Direction d;
  CHECK(d.hex(row.payload) == row.want);
  CHECK(d.hex(hello) == "Hello");
  CHECK(d.hex(row.payload) == row.want);
}

TEST_CASE("a message may refer back to those before it") {
  Direction d;
  CHECK(d.hex(hello) == "Hello");
  CHECK(d.hex(hello_again) == "Hello");  // 7.2.3.2
  SECTION("and none does when nothing is before it") {
    d.inflater.reset();
    CHECK(d.hex(hello_again) == "malformed");
  }
  SECTION("also to one in a final block") {
    d.inflater.reset();
    CHECK(d.hex("f348cdc9c9070000") == "Hello");
    CHECK(d.hex(hello_again) == "Hello");
  }
  SECTION("also across a final block within one message") {
    CHECK(d.hex("f348cdc9c90700"
                "f200110000") == "HelloHello");
  }
  SECTION("also after one that is empty") {
    CHECK(d.hex("00").empty());
    CHECK(d.hex(hello_again) == "Hello");
  }
  SECTION("also when the inflater has moved") {
    Inflater moved = std::move(d.inflater);
    d.inflater = std::move(moved);
    CHECK(d.hex(hello_again) == "Hello");
  }
}

TEST_CASE("a dialog with context takeover comes out as it was") {
  Direction d;
  Deflater deflater;
  std::size_t sent_bytes = 0;
  std::size_t compressed_bytes = 0;
  for (int i = 0; i < 200; ++i) {  // far more than the window of 32 KiB
    const std::string sip = request("INVITE", std::to_string(i) + "@a", std::string(300, 'v'));
    const auto payload = i % 50 == 49 ? deflater.final_message(sip) : deflater.message(sip);
    REQUIRE(d.text(payload) == sip);
    sent_bytes += sip.size();
    compressed_bytes += payload.size();
  }
  CHECK(sent_bytes > 2 * 32 * 1024);
  CHECK(compressed_bytes < sent_bytes / 10);  // so they did refer back
}

TEST_CASE("bad data is malformed, and does not hurt a later message that stands alone") {
  struct Row {
    const char* why;
    std::string_view payload;
  };
  const auto row = GENERATE(values<Row>({
      {"reserved block type", "ff"},
      {"lengths of a stored block differ", "000500ffff48656c6c6f00"},
      {"a stored block is cut", "000500faff"},
      {"cut within the last code", "f248cdc9"},
      {"cut within the code lengths", "0540"},
      {"cut between its last two blocks", "3abcf2d12400"},
      {"refers back beyond the beginning", hello_again},
      {"rubbish after a final block", "f348cdc9c90700ffff"},
  }));
  CAPTURE(row.why);
  Direction d;
  if (row.payload != hello_again) CHECK(d.hex(hello) == "Hello");
  CHECK(d.hex(row.payload) == "malformed");
  CHECK(d.hex(hello_again) == "malformed");  // what was before is forgotten
  CHECK(d.hex(hello) == "Hello");
  CHECK(d.hex(hello_again) == "Hello");
}

TEST_CASE("what does not fit is over the limit, to the byte") {
  const std::string sip = request("INVITE", "one@a", std::string(5000, 'v'));
  const std::string stored = GENERATE(as<std::string>{}, "deflated", "final", "stored");
  CAPTURE(stored);
  Deflater deflater;
  auto payload = stored == "final" ? deflater.final_message(sip) : deflater.message(sip);
  if (stored == "stored") {
    const auto size = sip.size();
    payload = {0, static_cast<std::uint8_t>(size), static_cast<std::uint8_t>(size >> 8U),
               static_cast<std::uint8_t>(~size), static_cast<std::uint8_t>(~size >> 8U)};
    payload.insert(payload.end(), sip.begin(), sip.end());
    payload.push_back(0);
  }
  for (std::size_t room = 0; room < sip.size(); room += room < 300 ? 1 : 97) {
    Direction d;
    d.room.resize(room);
    REQUIRE(d.text(payload) == "over_limit");
    d.room.resize(sip.size());
    REQUIRE(d.text(payload) == sip);
  }
  Direction d;
  d.room.resize(sip.size() - 1);
  CHECK(d.text(payload) == "over_limit");
  CHECK(d.hex(hello) == "Hello");
}

TEST_CASE("a bomb is stopped where its room ends") {
  Deflater deflater;
  const auto bomb = deflater.message(std::string(16 * 1024 * 1024, 'x'));
  CHECK(bomb.size() < 20 * 1024);
  Direction d;
  CHECK(d.text(bomb) == "over_limit");
  CHECK(d.hex(hello) == "Hello");
}

TEST_CASE("nothing is allocated once an inflater is made") {
  Deflater deflater;
  const std::string sip = request("INVITE", "one@a", std::string(5000, 'v'));
  const std::vector<std::vector<std::uint8_t>> payloads{
      deflater.message(sip), deflater.message(sip), deflater.final_message(sip), from_hex("ff")};
  const AllocationCounter making;
  Direction d;
  CHECK(making.count() > 0);  // zlib's memory is counted
  const AllocationCounter counter;
  int good = 0;
  for (const auto& payload : payloads) good += d.message(payload).ok() ? 1 : 0;
  d.inflater.reset();
  const bool peeked = !d.inflater.peek(payloads[0], d.room).empty();
  CHECK(counter.count() == 0);
  CHECK(good == 3);
  CHECK(peeked);
}

TEST_CASE("the beginning of a message is inflated from the beginning of its payload") {
  Direction d;
  Deflater deflater;
  const std::string sip = request("INVITE", "one@a", std::string(5000, 'v'));
  const auto payload = deflater.message(sip);
  for (std::size_t cut = 0; cut <= payload.size(); ++cut) {
    const std::string begin(as_text(d.inflater.peek(Bytes{payload}.first(cut), d.room)));
    REQUIRE(sip.starts_with(begin));
    REQUIRE((cut < payload.size() || begin == sip));
  }
  std::vector<std::uint8_t> small(20);
  CHECK(as_text(d.inflater.peek(payload, small)) == sip.substr(0, 20));
  CHECK(d.inflater.peek(payload, {}).empty());
  CHECK(d.inflater.peek(from_hex("ff"), d.room).empty());
  CHECK(d.hex(hello) == "Hello");
  CHECK(as_text(d.inflater.peek(from_hex(hello_again), d.room)) == "H");
  CHECK(d.hex(hello) == "Hello");
  CHECK(as_text(d.inflater.peek(payload, d.room)).starts_with("INVITE"));
  CHECK(d.hex(hello_again) == "malformed");  // forgotten, as it says
}
