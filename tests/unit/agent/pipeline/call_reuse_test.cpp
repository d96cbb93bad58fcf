#include "agent/pipeline/pipeline.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <sstream>

#include "agent/report/call_assembly.hpp"
#include "proto/net/link.hpp"
#include "tests/support/call_messages.hpp"
#include "tests/unit/agent/pipeline/rtp_scene.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

/// A pipeline that knows all of calls, as `replay` has it, and as `run` has it when reports are sent.
class Scene {
 public:
  explicit Scene(bool sends) : sends_(sends) {
    if (sends) pipeline_.report_calls({&queue_, &calls_, &book_});
  }

  /// A call that is answered, with a packet of A each 20 ms, and hung up 3 s later.
  void call(const std::string& from_tag, const std::string& branch, std::uint32_t ssrc) {
    CallMessage ok{.from_caller = false,
                   .status = 200,
                   .method = "INVITE",
                   .branch = branch,
                   .from_tag = from_tag,
                   .to_tag = "b"};
    ok.body = RtpScene::sdp(true);
    ok.headers = "Content-Type: application/sdp\r\n";
    CallMessage invite = ok;
    invite.from_caller = true;
    invite.status = 0;
    invite.to_tag.clear();
    invite.body = RtpScene::sdp(false);
    say(invite);
    say(ok);
    say({.method = "ACK", .branch = branch + "a", .from_tag = from_tag, .to_tag = "b"});
    Sender from_caller{.ssrc = ssrc};
    for (int i = 0; i < 150; ++i) {
      handle(from_caller.next());
      now_us += 20'000;
    }
    const CallMessage bye{
        .method = "BYE", .cseq = 2, .branch = branch + "b", .from_tag = from_tag, .to_tag = "b"};
    say(bye);
    CallMessage gone = bye;
    gone.from_caller = false;
    gone.status = 200;
    say(gone);
  }
  /// An INVITE, and no response.
  void ask(const std::string& from_tag, const std::string& branch) {
    say({.method = "INVITE", .branch = branch, .from_tag = from_tag});
  }
  void wait(int seconds) {
    for (int i = 0; i < 10 * seconds; ++i) {
      now_us += 100'000;
      handle(ethernet(ipv4(udp(text("\r\n\r\n")))));
    }
  }
  /// gives     the reports of all calls
  boost::json::array reports() {
    pipeline_.finish();
    tracked_.finish();
    if (sends_) {
      pipeline_.send_call_reports();
      return sent();
    }
    calls_.finish();
    report_.finish(calls_.counts());
    return boost::json::parse(out_.str()).at("calls").as_array();
  }

  std::int64_t now_us = 0;

 private:
  void say(const CallMessage& message) {
    handle(ethernet(ipv4(udp(text(text_of(message))))));
    now_us += 20'000;
  }
  void handle(const Frame& frame) {
    pipeline_.handle({.time_ns = (capture_start_us + now_us) * 1000,
                      .link_type = link_type::ethernet,
                      .interface_id = 0,
                      .wire_bytes = static_cast<std::uint32_t>(frame.size()),
                      .bytes = frame});
  }
  boost::json::array sent() {
    boost::json::array all;
    for (const SentFrame& frame : take_sent(ring_)) {
      if (frame.payload_type == 100) all.push_back(boost::json::parse(frame.payload));
    }
    return all;
  }
  static PipelineOptions options() {
    PipelineOptions out;
    out.rtp.emplace();
    return out;
  }

  bool sends_;
  std::ostringstream out_;
  CallReport report_{out_, CallReport::Form::json};
  MediaBook book_{{.max_calls = 8}};
  CallAssembly assembly_{report_, calls_, &book_, 8};
  CallReportQueue queue_{8};
  CallTable calls_{CallLimits{.max_entries = 8, .keep_details = true},
                   [this](const Call& call, const CallDetails& details) {
                     if (!sends_) assembly_.on_leave(call, details);
                   }};
  TrackedCalls tracked_{{}, [this](std::uint64_t call, const CallState& state) {
                          sends_ ? queue_.push(call, state) : assembly_.on_over(call, state);
                        }};
  MediaCalls media_{{.max_calls = 8}};
  FrameRing ring_{FrameRing::min_bytes};
  Outlet outlet_{{}, ring_};
  Pipeline pipeline_{
      options(), calls_, &outlet_, {.media = &media_, .tracked = &tracked_, .observer = &book_}};
};

std::int64_t packets(const boost::json::value& call) {
  const auto& streams = call.at("streams").as_array();
  REQUIRE(streams.size() == 1);
  return streams[0].at("packets").as_int64();
}

}  // namespace

TEST_CASE("calls that use a Call-ID one after the other are reported one by one") {
  const bool sends = GENERATE(false, true);
  const int pause_s = GENERATE(1, 31, 40);
  const bool has_other_tag = GENERATE(false, true);
  const std::uint32_t next_ssrc = GENERATE(1U, 2U);
  CAPTURE(sends, pause_s, has_other_tag, next_ssrc);
  Scene scene(sends);
  scene.call("a", "z9hG4bKi", 1);
  scene.wait(pause_s);
  const std::int64_t second_us = scene.now_us;
  scene.call(has_other_tag ? "c" : "a", "z9hG4bKj", next_ssrc);
  const auto calls = scene.reports();
  REQUIRE(calls.size() == 2);
  for (const auto& call : calls) {
    CHECK(call.at("call_id") == "c1");
    CHECK(call.at("state") == "ended");
    CHECK(call.at("messages") == 5);
    CHECK(packets(call) == 150);
    CHECK(call.at("timing").at("sdt_sig_ms") == 3040);
  }
  CHECK(calls[0].at("start_us") == capture_start_us);
  CHECK(calls[1].at("start_us") == capture_start_us + second_us);
}

TEST_CASE("a call that begins as another one of its Call-ID did has its own report") {
  Scene scene(GENERATE(false, true));
  scene.call("a", "z9hG4bKi", 1);
  scene.wait(40);
  scene.call("a", "z9hG4bKi", 1);
  const auto calls = scene.reports();
  REQUIRE(calls.size() == 2);
  for (const auto& call : calls) CHECK(packets(call) == 150);
}

TEST_CASE("what nobody answered is a call of its own, whenever its Call-ID is used again") {
  const bool sends = GENERATE(false, true);
  const int pause_s = GENERATE(34, 65, 120, 209, 215);
  CAPTURE(sends, pause_s);
  Scene scene(sends);
  scene.ask("a", "z9hG4bKi");
  scene.wait(16);
  scene.ask("a", "z9hG4bKi");
  scene.wait(pause_s);
  scene.call("a", "z9hG4bKj", 1);
  const auto calls = scene.reports();
  REQUIRE(calls.size() == 2);
  CHECK(calls[0].at("state") == "timeout");
  CHECK(calls[0].at("messages") == 2);
  CHECK(calls[1].at("state") == "ended");
  CHECK(calls[1].at("messages") == 5);
}
