#include "agent/pipeline/frame_intake.hpp"

#include <catch2/catch.hpp>

#include "tests/support/hep_vectors.hpp"
#include "tests/support/hex.hpp"

using namespace heptap;
using heptap::test::from_hex;

namespace {

struct Fixture {
  std::vector<std::string> seen;
  std::size_t seen_bytes = 0;
  std::vector<std::string> faults;
  FrameIntake intake = make(0);

  FrameIntake make(std::uint64_t limit) {
    return {[this](const Peer&, const hep::HepView& view, Bytes frame) {
              seen.emplace_back(as_text(view.payload));
              seen_bytes += frame.size();
            },
            [this](const Peer&, std::string_view why) { faults.emplace_back(why); }, limit};
  }
};

using Stream = std::vector<std::uint8_t>;

Stream stream_of(std::initializer_list<std::string_view> hex) {
  Stream out;
  for (const auto part : hex) {
    const auto frame = from_hex(part);
    out.insert(out.end(), frame.begin(), frame.end());
  }
  return out;
}

}  // namespace

TEST_CASE("any cutting of a stream gives the same frames") {
  const Stream stream = stream_of({test::hep_v1_hex, test::hep_v2_hex, test::hep_v3_hex});
  for (std::size_t step = 1; step <= stream.size(); ++step) {
    Fixture f;
    std::size_t begin = 0;
    for (std::size_t end = 0; end != stream.size();) {
      end = std::min(end + step, stream.size());
      const auto taken = f.intake.take_stream(Peer{}, Bytes{stream}.subspan(begin, end - begin));
      REQUIRE(taken);
      begin += *taken;
    }
    f.intake.take_rest(Peer{}, Bytes{stream}.subspan(begin));
    CAPTURE(step);
    CHECK(f.seen == std::vector<std::string>{"OPTIONS sip:a@b SIP/2.0\r\n\r\n", "x", "{}"});
    CHECK(f.seen_bytes == stream.size());
    CHECK(f.faults.empty());
    CHECK(f.intake.good_count() == 3);
  }
}

TEST_CASE("what follows a bad frame of a good length is still taken") {
  Fixture f;
  const Stream stream = stream_of({test::hep_v1_hex, "484550330006", test::hep_v3_hex});
  const auto taken = f.intake.take_stream(Peer{}, stream);
  REQUIRE(taken);
  CHECK(*taken == stream.size());
  CHECK(f.seen.size() == 2);
  REQUIRE(f.faults.size() == 1);
  CHECK(f.faults[0] == "payload type missing or 0");
}

TEST_CASE("a stream that is not HEP is given up") {
  Fixture f;
  CHECK_FALSE(f.intake.take_stream(Peer{}, as_bytes("GET / HTTP/1.1\r\n")));
  CHECK(f.faults.size() == 1);
}

TEST_CASE("frames that come after the last one wanted are counted, and are no fault") {
  Fixture f;
  f.intake = f.make(1);
  const Stream stream = stream_of({test::hep_v1_hex, test::hep_v2_hex, test::hep_v3_hex, "4845"});
  const auto taken = f.intake.take_stream(Peer{}, stream);
  REQUIRE(taken);
  f.intake.take_rest(Peer{}, Bytes{stream}.subspan(*taken));
  f.intake.take_datagram(Peer{}, from_hex(test::hep_v1_hex));
  f.intake.count_overflow(5);
  CHECK(f.faults.empty());
  CHECK(f.seen.size() == 1);
  const LedgerStage stage = f.intake.stage("here");
  CHECK(stage.name == "here");
  CHECK(stage.difference() == 0);
  CHECK(stage.left == 1);
  REQUIRE(stage.dropped.size() == 2);
  CHECK(stage.dropped[0].reason == "after_count");
  CHECK(stage.dropped[0].count == 4);
  CHECK(stage.dropped[1].reason == "overflow");
  CHECK(stage.dropped[1].count == 5);
}

TEST_CASE("every frame is on the ledger, good, bad or cut") {
  Fixture f;
  f.intake.take_datagram(Peer{}, from_hex(test::hep_v1_hex));
  f.intake.take_datagram(Peer{}, from_hex(test::hep_v3_hex));
  f.intake.take_datagram(Peer{}, as_bytes("nonsense"));
  f.intake.take_rest(Peer{}, as_bytes("HEP3"));
  f.intake.take_rest(Peer{}, {});
  CHECK_FALSE(f.intake.take_stream(Peer{}, as_bytes("x")));
  const LedgerStage stage = f.intake.stage("here");
  CHECK(stage.name == "here");
  CHECK(stage.difference() == 0);
  CHECK(stage.entered == 5);
  CHECK(stage.left == 2);
  CHECK(stage.dropped.size() == 3);
}
