#include "agent/hep_receiver.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/support/sip_text.hpp"
#include "tests/unit/agent/hep_sender.hpp"

using namespace heptap;
using heptap::test::frame_of;

namespace {

using Frame = std::vector<std::uint8_t>;

constexpr std::int64_t day_us = 86'400'000'000;

struct Scene {
  explicit Scene(const HepSourceOptions& options = {}, const hep::Identity& identity = {},
                 std::int64_t duplicate_window_us = 5000)
      : outlet(identity, ring, WhenFull::drop),
        sip(calls, {.tracked = &tracked, .duplicate_window_us = duplicate_window_us}, outlet),
        receiver(options, identity, outlet, sip, log) {}

  void send(const Frame& frame) { receiver.on_datagram(Peer{}, frame); }
  std::vector<Frame> sent() {
    outlet.flush();
    std::vector<Frame> frames;
    for (auto i = ring.tail(); i < ring.head(); ++i) {
      const FrameSlot& slot = ring.slot(i);
      frames.emplace_back(ring.bytes(slot), ring.bytes(slot) + slot.size);
    }
    return frames;
  }
  [[nodiscard]] std::uint64_t dropped(std::string_view reason) const {
    const LedgerStage stage = receiver.stage("hep");
    REQUIRE(stage.difference() == 0);
    for (const auto& line : stage.dropped) {
      if (line.reason == reason) return line.count;
    }
    return 0;
  }

  FrameRing ring{FrameRing::min_bytes};
  Outlet outlet;
  CallTable calls{CallLimits{.keep_details = true}};
  TrackedCalls tracked{{.limits = {.max_calls = 64}}};
  RelayedSip sip;
  PeerLog log;
  HepReceiver receiver;
};

HepSourceOptions with_key(const std::string& key) {
  HepSourceOptions options;
  options.auth_key = key;
  return options;
}

}  // namespace

TEST_CASE("SIP goes on as it came, and into the call table") {
  Scene scene;
  const Frame invite = frame_of(test::request("INVITE"));
  const Frame ok = frame_of(test::response(200, "INVITE"));
  scene.send(invite);
  scene.send(ok);
  CHECK(scene.sent() == std::vector{invite, ok});
  CHECK(scene.calls.counts().opened == 1);
  CHECK(scene.receiver.stage("hep").left == 2);
}

TEST_CASE("every type of payload goes on, also SIP that cannot be read") {
  Scene scene;
  const auto type = GENERATE(as<hep::PayloadType>{}, hep::PayloadType::rtcp_json,
                             hep::PayloadType::log, static_cast<hep::PayloadType>(99));
  const Frame other = frame_of("{}", {}, wall_time_us(), type);
  const Frame unread = frame_of("no SIP");
  scene.send(other);
  scene.send(unread);
  CHECK(scene.sent() == std::vector{other, unread});
  CHECK(scene.calls.counts().opened == 0);
  const LedgerStage stage = scene.receiver.stage("hep");
  REQUIRE(stage.noted.size() == 1);
  CHECK(stage.noted[0].reason == "sip_unread");
}

TEST_CASE("where a key is asked for, frames without it or with another are dropped") {
  Scene scene(with_key("right"));
  scene.send(frame_of("x"));
  scene.send(frame_of("x", {.auth_key = "wrong"}));
  scene.send(frame_of("x", {.auth_key = "right"}));
  CHECK(scene.sent().size() == 1);
  CHECK(scene.dropped("missing_key") == 1);
  CHECK(scene.dropped("wrong_key") == 1);
}

TEST_CASE("a key that nobody asked for does no harm, and goes no further") {
  Scene scene;
  scene.send(frame_of("x", {.auth_key = "secret"}));
  REQUIRE(scene.sent().size() == 1);
  CHECK(as_text(scene.sent()[0]).find("secret") == std::string_view::npos);
}

TEST_CASE("frames that carry our own id and name are in a circle") {
  const hep::Identity own{.node_id = 7, .node_name = "relay"};
  Scene scene({}, own);
  scene.send(frame_of("x", own));
  scene.send(frame_of("x", {.node_id = 7, .node_name = "other"}));
  scene.send(frame_of("x", {.node_id = 8, .node_name = "relay"}));
  CHECK(scene.dropped("own_node") == 1);
  CHECK(scene.sent().size() == 2);
}

TEST_CASE("a plan marks frames that are passed on, and knows them in a circle") {
  const hep::Identity own{.node_id = 7, .node_name = "relay"};
  HepSourceOptions options;
  options.nodes = GENERATE(hep::NodePolicy::keep, hep::NodePolicy::rewrite);
  Scene scene(options, own);
  PlanRule rule;
  rule.node_suffix = "-lab";
  rule.group = "core";
  rule.send = {"a"};
  scene.outlet.set_plan(
      {std::make_shared<const Plan>(PlanRules{{rule}}, std::vector<std::string>{"a"}), {0}}, {});
  const std::string text = GENERATE(test::request("INVITE"), "no SIP");
  scene.send(frame_of(text, {.node_id = 7, .node_name = "relay-2"}));
  REQUIRE(scene.sent().size() == 1);
  const Frame sent = scene.sent()[0];
  hep::HepView view;
  REQUIRE(hep::decode(sent, view) == hep::Fault::none);
  const bool keeps = options.nodes == hep::NodePolicy::keep;
  CHECK(view.node_name == (keeps ? "relay-2-lab" : "relay-lab"));
  CHECK(view.group_id == "core");
  CHECK(as_text(view.payload) == text);
  scene.send(sent);
  CHECK(scene.dropped("own_node") == (keeps ? 0 : 1));
}

TEST_CASE("a node without a name cannot know its own frames: the default id is everybody's") {
  Scene scene({}, {.node_id = 2001});
  scene.send(frame_of("x", {.node_id = 2001}));
  CHECK(scene.sent().size() == 1);
}

TEST_CASE("a new identity counts from then on") {
  HepSourceOptions options;
  options.nodes = hep::NodePolicy::rewrite;
  Scene scene(options, {.node_id = 7, .node_name = "before"});
  const hep::Identity now{.node_id = 8, .node_name = "now"};
  scene.receiver.set_identity(now);
  scene.send(frame_of("x"));
  scene.send(frame_of("x", now));
  REQUIRE(scene.sent().size() == 1);
  const Frame sent = scene.sent()[0];
  hep::HepView view;
  REQUIRE(hep::decode(sent, view) == hep::Fault::none);
  CHECK(view.node_id == 8);
  CHECK(view.node_name == "now");
  CHECK(scene.dropped("own_node") == 1);
}

TEST_CASE("a frame larger than collectors take is dropped") {
  Frame frame = frame_of(std::string(hep::max_frame_bytes, 'x'));
  REQUIRE(frame.size() == hep::max_frame_bytes);
  Scene scene;
  scene.send(frame);
  const Frame vendor_chunk{0, 9, 0, 99, 0, 6};
  frame.insert(frame.begin() + 6, vendor_chunk.begin(), vendor_chunk.end());
  frame[5] = static_cast<std::uint8_t>(frame[5] + vendor_chunk.size());
  scene.send(frame);
  CHECK(scene.sent().size() == 1);
  CHECK(scene.dropped("too_large") == 1);
}

TEST_CASE("what is no good frame is dropped with its reason") {
  Scene scene;
  scene.send({2, 16, 2, 17});
  scene.send({'x'});
  CHECK(scene.dropped("version") == 1);
  CHECK(scene.dropped("magic") == 1);
  CHECK(scene.receiver.on_stream(Peer{}, Frame{'G', 'E', 'T', ' '}).close);
  CHECK(scene.dropped("desynchronised") == 1);
}

TEST_CASE("a time far from ours goes on unchanged, and ages no call") {
  const std::int64_t far_us = GENERATE(as<std::int64_t>{}, day_us, -day_us, 4'000'000'000'000'000);
  Scene scene;
  scene.send(frame_of(test::request("INVITE", "here@a")));
  const std::int64_t time_us = far_us > 10 * day_us ? far_us : wall_time_us() + far_us;
  for (int i = 0; i < 10; ++i) {
    const Frame far = frame_of(test::request("INVITE", std::to_string(i)), {}, time_us);
    scene.send(far);
    CHECK(scene.sent().back() == far);
  }
  CHECK(scene.calls.counts().opened == 11);
  CHECK(scene.calls.counts().expired == 0);
  const LedgerStage stage = scene.receiver.stage("hep");
  REQUIRE(stage.noted.size() == 1);
  CHECK(stage.noted[0].reason == "time_far");
  CHECK(stage.noted[0].count == 10);
}

TEST_CASE("a call in a backlog is relayed, but its times are in no KPI") {
  const std::int64_t late_us = GENERATE(11'000'000, -11'000'000);
  Scene scene;
  for (const std::string& text : {test::request("INVITE"), test::response(200, "INVITE"),
                                  test::request("BYE"), test::response(200, "BYE")}) {
    scene.send(frame_of(text, {}, wall_time_us() - late_us));
  }
  CHECK(scene.sent().size() == 4);
  CHECK(scene.calls.counts().opened == 1);
  CHECK(scene.tracked.counts().opened == 0);
}

TEST_CASE("a backlog begins no call again that is over") {
  Scene scene;
  const std::int64_t end_us = wall_time_us() - 5'000'000;
  scene.send(frame_of(test::request("INVITE"), {}, end_us - 10'000));
  scene.send(frame_of(test::response(603, "INVITE"), {}, end_us));
  std::string other_hop = test::request("INVITE");
  other_hop.replace(other_hop.find("z9hG4bK1"), 8, "z9hG4bK2");
  scene.send(frame_of(other_hop, {}, end_us - 10'000'000));
  CHECK(scene.sent().size() == 3);
  CHECK(scene.calls.counts().opened == 1);
  CHECK(scene.tracked.counts().opened == 1);
  CHECK(scene.tracked.counts().over == 0);
}

TEST_CASE("a call goes by the time of its sender, unless that is not possible or too long ago") {
  constexpr std::int64_t second_us = 1'000'000;
  const std::int64_t before_us = wall_time_us();
  const std::int64_t sent_us =
      GENERATE_COPY(before_us - second_us, before_us + 5 * second_us, before_us - 60 * second_us);
  Scene scene;
  scene.send(frame_of(test::request("INVITE"), {}, sent_us));
  Call call;
  CallDetails details;
  REQUIRE(scene.calls.look_up(scene.calls.hash("one@a"), call, details));
  if (sent_us == before_us - second_us) {
    CHECK(call.first_us == sent_us);
  } else {
    CHECK(call.first_us >= before_us);
    CHECK(call.first_us <= wall_time_us());
  }
}

TEST_CASE("what two agents have seen goes on twice, and is one message of its call") {
  Scene scene;
  const std::int64_t sent_us = wall_time_us();
  const Frame one = frame_of(test::request("INVITE"), {.node_id = 5}, sent_us);
  const Frame other = frame_of(test::request("INVITE"), {.node_id = 6}, sent_us + 1000);
  scene.send(one);
  scene.send(other);
  CHECK(scene.sent() == std::vector{one, other});
  Call call;
  CallDetails details;
  REQUIRE(scene.calls.look_up(scene.calls.hash("one@a"), call, details));
  CHECK(call.message_count == 1);
  const LedgerStage stage = scene.receiver.stage("hep");
  CHECK(stage.left == 2);
  REQUIRE(stage.noted.size() == 1);
  CHECK(stage.noted[0].reason == "sip_copy");
}

TEST_CASE("a plan knows what the call of a frame was before it, unless nobody knows its time") {
  constexpr std::int64_t minute_us = 60'000'000;
  const bool is_late = GENERATE(false, true);
  Scene scene;
  PlanRule drops;
  drops.drops = true;
  drops.when = parse_condition("heptap.retransmission and heptap.call_state == \"calling\"");
  scene.outlet.set_plan({std::make_shared<const Plan>(PlanRules{{drops}, Unmatched::send},
                                                      std::vector<std::string>{"a"}),
                         {0}},
                        {});
  const std::int64_t now_us = wall_time_us();
  const Frame first = frame_of(test::request("INVITE"), {}, now_us - 1'000'000);
  const Frame again =
      frame_of(test::request("INVITE"), {}, now_us - (is_late ? minute_us : 500'000));
  scene.send(first);
  scene.send(again);
  CHECK(scene.sent().size() == (is_late ? 2 : 1));
}

TEST_CASE("a plan takes what another frame tells of, too, for a copy, and for nothing sent again") {
  struct Row {
    std::int64_t later_us;
    const char* drops;
    std::size_t sent;
  };
  const Row row = GENERATE(values<Row>({{20'000, "heptap.duplicate", 1},
                                        {20'000, "heptap.retransmission", 2},
                                        {500'000, "heptap.duplicate", 2},
                                        {500'000, "heptap.retransmission", 1}}));
  CAPTURE(row.later_us, row.drops);
  Scene scene({}, {}, 100'000);
  PlanRule drops;
  drops.drops = true;
  drops.when = parse_condition(row.drops);
  scene.outlet.set_plan({std::make_shared<const Plan>(PlanRules{{drops}, Unmatched::send},
                                                      std::vector<std::string>{"a"}),
                         {0}},
                        {});
  const std::int64_t first_us = wall_time_us() - 1'000'000;
  scene.send(frame_of(test::request("INVITE"), {.node_id = 5}, first_us));
  scene.send(frame_of(test::request("INVITE"), {.node_id = 6}, first_us + row.later_us));
  CHECK(scene.sent().size() == row.sent);
}

TEST_CASE("streams are cut into frames, what is left of one at the end is counted") {
  Scene scene;
  Frame stream = frame_of("one");
  const Frame second = frame_of("two");
  stream.insert(stream.end(), second.begin(), second.end());
  stream.insert(stream.end(), {'H', 'E'});
  const StreamVerdict verdict = scene.receiver.on_stream(Peer{}, stream);
  CHECK(verdict.consumed == stream.size() - 2);
  CHECK_FALSE(verdict.close);
  scene.receiver.on_close(Peer{}, Bytes{stream}.last(2));
  CHECK(scene.sent().size() == 2);
  CHECK(scene.dropped("unfinished") == 1);
}

TEST_CASE("datagrams that the kernel had no room for are on the ledger") {
  Scene scene;
  scene.receiver.on_overflow(3);
  CHECK(scene.dropped("overflow") == 3);
}
