#include "agent/pipeline/phone_reports.hpp"

#include <catch2/catch.hpp>
#include <utility>

#include "tests/support/allocation_counter.hpp"
#include "tests/support/sip_text.hpp"
#include "tests/unit/agent/pipeline/pipeline_tap.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

/// With a header field, and as long a body as it says.
std::string with_field(std::string message, const std::string& field) {
  return message.insert(message.find("Content-Length"), field + "\r\n");
}

std::string publish(const std::string& body) {
  return with_field(request("PUBLISH", "publish@a", body), "Content-Type: application/vq-rtcpxr");
}

/// Of the phone at 192.0.2.10, which receives from 198.51.100.20.
const std::string body =
    "VQSessionReport: CallTerm\r\nCallID: one@a\r\n"
    "LocalAddr: IP=192.0.2.10 PORT=4000 SSRC=0x1\r\n"
    "RemoteAddr: IP=198.51.100.20 PORT=5000 SSRC=0x2\r\n"
    "LocalMetrics:\r\nPacketLoss:NLR=1.5\r\nRemoteMetrics:\r\nPacketLoss:NLR=2.5\r\n";

std::string sdp(const std::string& host, int port) {
  return "v=0\r\no=- 1 1 IN IP4 " + host + "\r\ns=-\r\nc=IN IP4 " + host + "\r\nt=0 0\r\nm=audio " +
         std::to_string(port) + " RTP/AVP 0\r\n";
}

std::string invite(const std::string& host, int port) {
  return with_field(request("INVITE", "one@a", sdp(host, port)), "Content-Type: application/sdp");
}

Frame sip(const std::string& message) { return ethernet(ipv4(udp(text(message)))); }

struct Told {
  std::uint64_t call_hash;
  std::string call_id;
  std::int64_t time_us;
  std::optional<MediaParty> reporter;
  bool is_final;
  MediaType type;
  ReportedStreamsView streams;
};

class Listener : public MediaObserver {
 public:
  void on_stream(const StreamReport&) noexcept override {}
  void on_event(const MediaEventReport&) noexcept override {}
  void on_reception(const ReceptionReport&) noexcept override {}
  void on_phone_report(const PhoneReport& r) noexcept override {
    const auto reporter = r.is_reporter_known ? std::optional(r.reporter) : std::nullopt;
    told.push_back({r.call_hash, std::string(r.call_id), r.time_us - capture_start_us, reporter,
                    r.is_final, r.type, *r.streams});
  }

  std::vector<Told> told;
};

/// Sends, and tells.
struct Scene {
  Listener listener;
  MediaCalls media{{.max_calls = 64}};
  PipelineTap tap{{.send_vq = true}, &media, &listener};

  /// What it is told of last.
  const Told& last() {
    REQUIRE_FALSE(listener.told.empty());
    return listener.told.back();
  }
};

}  // namespace

TEST_CASE("a report of a phone goes on behind its message, under the Call-ID that it names") {
  PipelineTap tap({.send_vq = true});
  tap.handle(sip(publish(body)), 7);
  REQUIRE(tap.texts.size() == 2);
  CHECK(tap.texts[0] == publish(body));
  CHECK(tap.correlation_ids == std::vector<std::string>{"", "one@a"});
  CHECK(tap.times == std::vector<std::int64_t>{7, 7});
  CHECK_THAT(tap.texts[1], Catch::Contains("\"report\":\"session\"") &&
                               Catch::Contains("\"reporter\":\"192.0.2.10\"") &&
                               Catch::Contains("NLR=1.5;"));
  CHECK(tap.lines("phones") == "sent:1");
  CHECK(tap.stage("phones").joined == 1);
}

TEST_CASE("what phones report stays in its message unless it is asked for") {
  PipelineTap tap;
  tap.handle(sip(publish(body)));
  CHECK(tap.texts == std::vector<std::string>{publish(body)});
  CHECK(tap.stage("phones").name.empty());
}

TEST_CASE("a report that cannot be sent is counted by its reason, and its message goes on") {
  const auto [report, lines] = GENERATE(values<std::pair<std::string, std::string>>({
      {"hello", "-unreadable:1"},
      {"VQSessionReport: CallTerm\r\nLocalMetrics:\r\n", "-no_call_id:1"},
      {"VQSessionReport: CallTerm\r\nCallID: \"\r\n", "-no_call_id:1"},
      {"VQSessionReport: CallTerm\r\nCallID: " + std::string(257, 'x') + "\r\n", "-no_call_id:1"},
      {"VQAlertReport: Type=NLR\r\nCallID: one@a\r\n" + std::string(2000, ':'), "sent:1"},
  }));
  CAPTURE(report);
  PipelineTap tap({.send_vq = true});
  tap.handle(sip(publish(report)));
  CHECK(tap.lines("phones") == lines);
  CHECK(tap.texts.front() == publish(report));
}

TEST_CASE("a report of more than 64 KiB is over the limit") {
  const std::string message = publish(body + std::string(70'000, ' '));
  SipView view;
  REQUIRE(parse_sip(as_bytes(message), view) == Errc::none);
  const CallTable calls(CallLimits{.max_entries = 1024});
  PhoneReports reports(calls, nullptr, nullptr, nullptr);
  reports.take(view, Packet{}, 0, 0);
  CHECK(reports.fates()[PhoneFate::over_limit] == 1);
}

TEST_CASE("who listens is told what a body says, and who of the call has written it") {
  Scene scene;
  scene.tap.handle(sip(publish(body)), 1);
  CHECK(scene.last().reporter == std::nullopt);
  scene.tap.handle(sip(invite("192.0.2.10", 4000)), 2);
  scene.tap.handle(sip(publish(body)), 10'000);

  const Told& told = scene.last();
  CHECK(told.call_id == "one@a");
  CHECK(told.time_us == 10'000);
  CHECK(told.reporter == MediaParty::caller);
  CHECK(told.is_final);
  CHECK(told.type == MediaType::audio);
  CHECK(told.streams.received.loss_percent == 1.5);
  CHECK(told.streams.sent.loss_percent == 2.5);
}

TEST_CASE("the end that a report names as remote tells who has written it as well") {
  Scene scene;
  scene.tap.handle(sip(invite("198.51.100.20", 5000)));
  scene.tap.handle(sip(publish(body)));
  CHECK(scene.last().reporter == MediaParty::callee);
}

TEST_CASE("a report is of the call that it names, as the call table knows it") {
  Scene scene;
  const std::string field = "X-RTP-Stat: PS=10;PR=20;PL=1,2";
  scene.tap.handle(sip(with_field(request("BYE", "one@a"), field)));
  scene.tap.handle(sip(publish(body)));
  REQUIRE(scene.listener.told.size() == 2);
  CHECK(scene.listener.told[0].call_hash == scene.listener.told[1].call_hash);
}

TEST_CASE("who listens is told what the header of a BYE says, and who has sent it") {
  Scene scene;
  scene.tap.handle(sip(invite("192.0.2.10", 4000)));
  const std::string field = "X-RTP-Stat: PS=10;PR=20;PL=1,2";
  scene.tap.handle(sip(with_field(request("BYE", "one@a"), field)), 5);
  CHECK(scene.last().reporter == MediaParty::caller);
  CHECK(scene.last().is_final);
  CHECK(scene.last().streams.received.packets_received == 20U);
  CHECK(scene.last().streams.sent.packets_sent == 10U);
  scene.tap.handle(sip(with_field(response(200, "BYE", "one@a"), "P-RTP-Stat: PS=3,PR=4")), 6);
  CHECK(scene.last().reporter == MediaParty::callee);
  CHECK(scene.last().streams.received.packets_received == 4U);
  CHECK(scene.tap.lines("phones") == "+taken:2");
  CHECK(scene.tap.texts.size() == 3);  // nothing but the messages
}

TEST_CASE("what a re-INVITE is answered with is not the last word of a phone") {
  Scene scene;
  scene.tap.handle(sip(with_field(response(200, "INVITE", "one@a"), "X-RTP-Stat: PS=10;PR=20")));
  CHECK_FALSE(scene.last().is_final);
}

TEST_CASE("audio and video are told apart") {
  Scene scene;
  scene.tap.handle(
      sip(with_field(request("BYE"), "RTP-RxStat: Dur=1,Pkt=20\r\nRTP-VideoRxStat: Dur=1,Pkt=30")));
  REQUIRE(scene.listener.told.size() == 2);
  CHECK(scene.listener.told[0].type == MediaType::audio);
  CHECK(scene.listener.told[1].type == MediaType::video);
  CHECK(scene.listener.told[1].streams.received.packets_received == 30U);
  CHECK(scene.tap.lines("phones") == "+taken:1");
}

TEST_CASE("statistics that cannot be read are counted, and those that are not there cost nothing") {
  Scene scene;
  scene.tap.handle(sip(with_field(request("BYE"), "X-RTP-Stat: ;;;")));
  scene.tap.handle(sip(request("BYE", "two@a")));
  scene.tap.handle(sip(with_field(request("OPTIONS"), "X-RTP-Stat: PS=1")));
  CHECK(scene.tap.lines("phones") == "-unreadable:1");
  CHECK(scene.listener.told.empty());
}

TEST_CASE("a report teaches nothing of addresses") {
  Scene scene;
  scene.tap.handle(sip(invite("192.0.2.10", 4000)));
  const std::uint64_t before = scene.media.counts().latched + scene.media.counts().ssrcs;
  scene.tap.handle(sip(publish(body)));
  CHECK(scene.last().reporter == MediaParty::caller);
  CHECK(scene.media.counts().latched + scene.media.counts().ssrcs == before);
}

TEST_CASE("reports are read and sent without allocating") {
  MediaCalls media({.max_calls = 64});
  PipelineTap tap({.send_vq = true}, &media);
  const Frame report = sip(publish(body));
  tap.pass(report);
  const AllocationCounter counter;
  for (int i = 1; i < 10; ++i) tap.pass(report, i * 10'000);
  CHECK(counter.count() == 0);
  CHECK(tap.lines("phones") == "sent:10");
}

TEST_CASE("a report of a phone has what links its call") {
  MediaCalls media({.max_calls = 64}, {make_link_rule("X-CID")});
  PipelineTap tap({.send_vq = true}, &media);
  tap.handle(sip(with_field(request("INVITE", "one@a"), "X-CID: leg1@a")));
  tap.handle(sip(publish(body)));
  CHECK(tap.correlation_ids == std::vector<std::string>{"leg1@a", "", "leg1@a"});
}
