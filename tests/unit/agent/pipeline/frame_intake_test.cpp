#include "agent/pipeline/frame_intake.hpp"

#include <catch2/catch.hpp>

#include "tests/support/hep_vectors.hpp"
#include "tests/support/hex.hpp"

using namespace heptap;
using heptap::test::from_hex;

namespace {

class Recorder : public FrameOutput {
 public:
  explicit Recorder(std::vector<std::string>& seen) : seen_(seen) {}
  bool write(const hep::HepView& frame) override {
    seen_.emplace_back(as_text(frame.payload));
    return frame.payload_type == 1;
  }
  void flush() override {}
  void finish() override {}

 private:
  std::vector<std::string>& seen_;
};

struct Fixture {
  std::vector<std::string> seen;
  std::vector<std::string> faults;
  FrameIntake intake = make(0);

  FrameIntake make(std::uint64_t limit) {
    std::vector<std::unique_ptr<FrameOutput>> outputs;
    outputs.push_back(std::make_unique<Recorder>(seen));
    return {std::move(outputs),
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
  const Ledger ledger = f.intake.ledger();
  CHECK(ledger.fault().empty());
  const LedgerStage& stage = ledger.way.at(0);
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
  const Ledger ledger = f.intake.ledger();
  CHECK(ledger.fault().empty());
  const LedgerStage& stage = ledger.way.at(0);
  CHECK(stage.entered == 5);
  CHECK(stage.left == 2);
  CHECK(stage.dropped.size() == 3);
  REQUIRE(stage.noted.size() == 1);
  CHECK(stage.noted[0].count == 1);  // the RTCP frame, which the recorder has no form for
}
