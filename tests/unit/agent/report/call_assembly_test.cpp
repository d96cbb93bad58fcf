#include "agent/report/call_assembly.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <sstream>

#include "tests/support/reported_call.hpp"
#include "tests/support/sip_text.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

struct Scene {
  explicit Scene(std::size_t max_calls = 10) : assembly(report, calls_in, &book, max_calls) {}

  /// The call table has it from now on.
  void come(std::uint64_t hash) {
    const std::string text = request("INVITE");
    SipView sip;
    REQUIRE(parse_sip(as_bytes(text), sip) == Errc::none);
    calls_in.update(hash, sip, packet_of({}), 0, 1);
  }
  void leave(std::uint64_t hash) {
    known.details.hash = hash;
    assembly.on_leave(known.call, known.details);
  }
  boost::json::array calls() {
    report.finish({});
    return boost::json::parse(out.str()).at("calls").as_array();
  }

  ReportedCall known;
  std::ostringstream out;
  CallReport report{out, CallReport::Form::json};
  MediaBook book{{.max_calls = 8}};
  CallTable calls_in{{.max_entries = 8}};
  CallAssembly assembly;
};

bool has(const boost::json::value& call, const char* key) { return call.as_object().contains(key); }

}  // namespace

TEST_CASE("a call is reported with what each table knows of it, and once") {
  Scene scene;
  scene.come(call_one);
  scene.assembly.on_over(call_one, scene.known.tracked.state);
  scene.assembly.on_over(call_one, CallState{});  // a late message
  scene.book.on_reception(reception(1, 20));
  scene.leave(call_one);
  scene.leave(call_one);
  const auto calls = scene.calls();
  CHECK(calls.at(0).at("state") == "ended");
  CHECK(calls.at(0).at("timing").at("sdr_ms") == 350);
  CHECK(has(calls.at(0), "rtcp"));
  CHECK_FALSE(has(calls.at(1), "state"));
  CHECK_FALSE(has(calls.at(1), "rtcp"));
}

TEST_CASE("of calls above the bound the signalling is not told") {
  Scene scene(1);
  scene.come(1);
  scene.come(2);
  scene.assembly.on_over(1, scene.known.tracked.state);
  scene.assembly.on_over(2, scene.known.tracked.state);
  scene.leave(2);
  scene.leave(1);
  const auto calls = scene.calls();
  CHECK_FALSE(has(calls.at(0), "state"));
  CHECK(has(calls.at(1), "state"));
}

TEST_CASE("what is told of a call that has left already is not told of the next of its Call-ID") {
  Scene scene;
  scene.leave(call_one);
  scene.assembly.on_over(call_one, scene.known.tracked.state);
  scene.come(call_one);
  scene.leave(call_one);
  CHECK_FALSE(has(scene.calls().at(1), "state"));
}
