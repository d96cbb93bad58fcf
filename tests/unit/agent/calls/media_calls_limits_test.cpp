#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <thread>

#include "agent/calls/media_calls.hpp"
#include "tests/support/allocation_counter.hpp"
#include "tests/support/media_talk.hpp"

using namespace heptap;
using namespace heptap::test;
using namespace std::chrono_literals;

namespace {

End end_of_call(int number, int party) {
  return {"10." + std::to_string(party) + "." + std::to_string(number / 250) + "." +
              std::to_string(number % 250 + 1),
          4000};
}

}  // namespace

TEST_CASE("ten times more calls than the cap: the younger ones are matched, nothing grows") {
  constexpr int cap = 200;
  MediaTap tap({.max_calls = cap});
  const std::size_t memory = tap.calls.use().memory_bytes + tap.calls.addresses().memory_bytes;
  for (int i = 0; i < 10 * cap; ++i) {
    answered_call(tap, end_of_call(i, 1), end_of_call(i, 2), "id" + std::to_string(i));
    CHECK(tap.rtp(end_of_call(i, 1), end_of_call(i, 2), 1).found == MediaFound::both);
    REQUIRE(tap.calls.use().entries <= cap);
    REQUIRE(tap.calls.addresses().entries <= 3 * cap);
  }
  CHECK(tap.calls.counts().opened == 10 * cap);
  CHECK(tap.calls.counts().evicted + tap.calls.counts().expired == 9 * cap);
  CHECK(tap.calls.counts().not_kept == 0);
  CHECK(tap.rtp(end_of_call(0, 1), end_of_call(0, 2)).miss == MediaMiss::unknown_address);
  CHECK(tap.calls.use().memory_bytes + tap.calls.addresses().memory_bytes == memory);
}

TEST_CASE("calls leave by age of packet time and give their addresses back") {
  MediaTap tap({.max_calls = 1000, .max_age = 60s});
  for (int i = 0; i < 20; ++i) {
    answered_call(tap, end_of_call(i, 1), end_of_call(i, 2), "old" + std::to_string(i));
  }
  tap.pass(100);
  for (int i = 0; i < 20; ++i) {
    answered_call(tap, end_of_call(i, 3), end_of_call(i, 4), "new" + std::to_string(i));
  }
  CHECK(tap.calls.counts().expired == 20);
  CHECK(tap.calls.use().entries == 20);
  CHECK(tap.calls.addresses().entries == 40);
}

TEST_CASE("a call whose media are asked for does not age") {
  MediaTap tap({.max_calls = 1000, .max_age = 60s});
  answered_call(tap);
  for (int i = 0; i < 20; ++i) {
    tap.pass(30);
    CHECK(tap.rtp(alice, bob));
    answered_call(tap, end_of_call(i, 1), end_of_call(i, 2), "id" + std::to_string(i));
  }
  CHECK(tap.rtp(alice, bob).call_id == "call@a");
}

TEST_CASE("calls that are over make room before those that are open") {
  MediaTap tap({.max_calls = 4, .linger = 1h});
  for (int i = 0; i < 4; ++i) {
    answered_call(tap, end_of_call(i, 1), end_of_call(i, 2), "id" + std::to_string(i));
  }
  tap.say({.start = "BYE", .call = "id2", .to_tag = "b"});
  answered_call(tap, end_of_call(9, 1), end_of_call(9, 2), "id9");
  CHECK_FALSE(tap.rtp(end_of_call(2, 1), end_of_call(2, 2)));
  for (const int i : {0, 1, 3, 9}) CHECK(tap.rtp(end_of_call(i, 1), end_of_call(i, 2)));
}

TEST_CASE("what one call keeps is bounded, and the rest is counted") {
  MediaTap tap;
  for (int i = 0; i < 200; ++i) {
    std::string lines;
    for (int m = 0; m < 30; ++m) {
      lines += "m=audio " + std::to_string(1000 + 60 * i + 2 * m) + "/4 RTP/AVP 0\r\n";
    }
    tap.say({.start = "INVITE", .body = sdp_body(alice.host, lines), .to_tag = "b"});
    tap.response({.start = "200 INVITE",
                  .body = audio(bob, "a=x:" + std::to_string(i) + "\r\n"),
                  .to_tag = std::to_string(i)});
    CHECK(tap.calls.addresses().entries <= MediaEdit::max_claims);
  }
  CHECK(tap.calls.counts().not_kept > 0);
  for (std::uint16_t port = 1; port < 500; ++port) (void)tap.rtp({"203.0.113.1", port}, bob, port);
  CHECK(tap.calls.addresses().entries <= MediaEdit::max_claims);
  CHECK(tap.calls.use().entries == 1);
}

TEST_CASE("one address of very many calls: a few are kept, and both ends still tell the call") {
  MediaTap tap;
  const End server{"203.0.113.50", 10000};
  for (int i = 0; i < 100; ++i) {
    answered_call(tap, end_of_call(i, 1), server, "id" + std::to_string(i));
  }
  CHECK(tap.calls.counts().crowded_out == 100 - ClaimIndex::max_calls_per_key);
  CHECK(tap.rtp(end_of_call(3, 1), server).call_id == "id3");
  CHECK(tap.rtp(end_of_call(3, 1), server).found == MediaFound::both);
}

TEST_CASE("a match may be kept until something is learned or forgotten that could change it") {
  MediaTap tap;
  answered_call(tap);
  (void)tap.rtp(alice, bob);
  const auto changes = [&](const auto& what) {
    const MediaWatch watch = tap.rtp(alice, bob).watch;
    REQUIRE(tap.calls.is_current(watch));
    what();
    return !tap.calls.is_current(watch);
  };
  CHECK_FALSE(changes([&] { (void)tap.rtp(alice, bob); }));
  CHECK_FALSE(changes([&] { (void)tap.rtcp(next_port(alice), next_port(bob)); }));
  CHECK(changes([&] { answered_call(tap, alice, {"192.0.2.55", 1}, "another"); }));
  CHECK(changes([&] { tap.say({.start = "BYE", .to_tag = "b"}); }));
  MediaTap empty;
  const MediaWatch nothing = empty.rtp(alice, bob).watch;
  CHECK(empty.calls.is_current(nothing));
  empty.say({.start = "INVITE", .body = audio(alice)});
  CHECK_FALSE(empty.calls.is_current(nothing));
}

TEST_CASE("a long Call-ID is cut, the same for every packet") {
  MediaTap tap;
  const std::string id = std::string(200, 'x') + std::string(2000, 'y');
  answered_call(tap, alice, bob, id);
  CHECK(tap.rtp(alice, bob).call_id == id.substr(0, MediaText::max_call_id_bytes));
  CHECK(tap.rtcp(next_port(alice), next_port(bob)).call_id.size() == 256);
}

TEST_CASE("a link that a header names is the whole call's") {
  MediaTap tap({.max_calls = 100},
               {make_link_rule("X-CID"), make_link_rule("P-Charging-Vector:icid-value")});
  REQUIRE(tap.calls.has_links());
  tap.say({.start = "INVITE", .headers = "X-CID: leg1@a\r\n"});
  MediaText text;
  CHECK(tap.calls.link(MediaTap::hash("call@a"), text) == "leg1@a");
  CHECK(tap.calls.link(MediaTap::hash("other"), text).empty());
  answered_call(tap);
  CHECK(tap.rtp(alice, bob).link == "leg1@a");
  CHECK(tap.rtp(alice, bob).call_id == "call@a");
  tap.say({.start = "INVITE", .to_tag = "b", .headers = "X-CID: another\r\n"});
  CHECK(tap.rtp(alice, bob).link == "leg1@a");
}

TEST_CASE("without rules nothing is linked") {
  MediaTap tap;
  tap.say({.start = "INVITE",
           .body = audio(alice),
           .headers = "Content-Type: application/sdp\r\nX-CID: leg1@a\r\n"});
  CHECK_FALSE(tap.calls.has_links());
  CHECK(tap.rtp(bob, alice).link.empty());
}

TEST_CASE("learning and finding cost no allocation, not even at the cap") {
  MediaCalls calls({.max_calls = 64}, {make_link_rule("X-CID")});
  std::vector<std::string> texts;
  std::vector<FlowKey> flows;
  for (int i = 0; i < 256; ++i) {
    const std::string id = "id" + std::to_string(i);
    texts.push_back(
        text_of({.start = "INVITE",
                 .body = audio(end_of_call(i, 1)),
                 .call = id,
                 .headers = "X-CID: x@" + id + "\r\nContent-Type: application/sdp\r\n"}));
    texts.push_back(text_of(
        {.start = "200 INVITE", .body = audio(end_of_call(i, 2)), .call = id, .to_tag = "b"}));
    texts.push_back(text_of({.start = "BYE", .call = id, .to_tag = "b"}));
    flows.push_back(flow(end_of_call(i, 1), {"203.0.113.9", 7}));
  }
  SipView sip;
  SdpView sdp;
  MediaText text;
  std::uint64_t found = 0;
  const AllocationCounter counter;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (parse_sip(as_bytes(texts[i]), sip) != Errc::none) break;
    const auto time_us = static_cast<std::int64_t>(i);
    calls.learn(TextHash(1)(sip.call_id()), sip, Packet{}, time_us, sdp);
    const std::array<std::uint32_t, 2> ssrcs{1, 2};
    found += calls.find_rtp(flows[i / 3], 1, 0, time_us, text) ? 1U : 0U;
    found += calls.find_rtcp(flows[i / 3], ssrcs, time_us, text) ? 1U : 0U;
  }
  CHECK(counter.count() == 0);
  CHECK(found == 2 * texts.size());
}

TEST_CASE("threads that share calls find what each of them has learned") {
  constexpr int calls_each = 200;
  constexpr int threads = 4;
  MediaCalls calls({.max_calls = 10'000, .shared = true});
  std::array<int, threads> found{};
  std::vector<std::thread> workers;
  workers.reserve(threads);
  std::vector<std::string> texts;
  std::vector<FlowKey> flows;
  for (int i = 0; i < calls_each; ++i) {
    const std::string id = "id" + std::to_string(i);
    texts.push_back(text_of({.start = "INVITE", .body = audio(end_of_call(i, 1)), .call = id}));
    texts.push_back(text_of(
        {.start = "200 INVITE", .body = audio(end_of_call(i, 2)), .call = id, .to_tag = "b"}));
    flows.push_back(flow(end_of_call(i, 1), end_of_call(i, 2)));
  }
  for (std::size_t worker = 0; worker < threads; ++worker) {
    workers.emplace_back([&, worker] {
      SipView sip;
      SdpView sdp;
      MediaText text;
      for (std::size_t i = 0; i < texts.size(); ++i) {
        if (parse_sip(as_bytes(texts[i]), sip) != Errc::none) return;
        calls.learn(TextHash(1)(sip.call_id()), sip, Packet{}, 1000, sdp);
        const auto ssrc = static_cast<std::uint32_t>(worker + 1);
        const MediaMatch match = calls.find_rtp(flows[i / 2], ssrc, 0, 1000, text);
        if (i % 2 == 1 && match.found == MediaFound::both && match) ++found[worker];
      }
    });
  }
  for (std::thread& worker : workers) worker.join();
  for (const int count : found) CHECK(count == calls_each);
  CHECK(calls.counts().opened == calls_each);
  CHECK(calls.use().entries == calls_each);
}

TEST_CASE("threads that share few places leave nothing behind") {
  constexpr int threads = 4;
  MediaCalls calls({.max_calls = 64, .linger = 0s, .shared = true});
  std::vector<std::string> texts;
  for (int i = 0; i < 300; ++i) {
    const std::string id = "id" + std::to_string(i);
    texts.push_back(text_of({.start = "INVITE", .body = audio(end_of_call(i % 7, 1)), .call = id}));
    texts.push_back(text_of({.start = "BYE", .call = id, .to_tag = "b"}));
  }
  std::vector<std::thread> workers;
  workers.reserve(threads);
  const FlowKey some = flow(end_of_call(1, 1), end_of_call(3, 1));
  for (int worker = 0; worker < threads; ++worker) {
    workers.emplace_back([&, worker] {
      SipView sip;
      SdpView sdp;
      MediaText text;
      for (std::size_t i = 0; i < texts.size(); ++i) {
        if (parse_sip(as_bytes(texts[i]), sip) != Errc::none) return;
        const auto time_us = static_cast<std::int64_t>(i);
        calls.learn(TextHash(1)(sip.call_id()), sip, Packet{}, time_us, sdp);
        (void)calls.find_rtp(some, static_cast<std::uint32_t>(worker), 0, time_us, text);
      }
    });
  }
  for (std::thread& worker : workers) worker.join();
  CHECK(calls.use().entries <= 64);
  // One address of SDP each, what its packets have taught, and nothing of those that are gone.
  CHECK(calls.addresses().entries <= 64 * (1 + MediaEdit::max_learned));
}

TEST_CASE("a usual call takes less than 800 bytes") {
  const auto of_call = [] {
    const std::size_t claims = 2 * 3;  // an address each, its RTCP if latched, an SSRC
    return sizeof(MediaCall) + claims * 32 + 16;
  };
  CHECK(of_call() < 800);
}
