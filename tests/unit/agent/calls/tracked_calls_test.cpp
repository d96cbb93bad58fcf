#include "agent/calls/tracked_calls.hpp"

#include <catch2/catch.hpp>
#include <numeric>
#include <thread>

#include "agent/calls/call_table.hpp"
#include "agent/calls/media_signs.hpp"
#include "tests/support/allocation_counter.hpp"
#include "tests/support/call_messages.hpp"

using namespace heptap;
using namespace heptap::test;
using namespace std::chrono_literals;

namespace {

// A table, and what it says of the calls that leave.
class Fixture {
 public:
  struct Left {
    std::uint64_t hash;
    CallEnd end;
    StatusBucket bucket;
  };

  explicit Fixture(const TrackedLimits& limits = {}, CarrierMap carriers = {})
      : table({limits, {}, std::move(carriers)},
              [this](std::uint64_t hash, const CallState& state) {
                left.push_back(
                    {hash, state.end, bucket_of(state.attempts[0], default_ineffective_codes)});
              }) {}

  void feed(const CallMessage& message) {
    const std::string text = text_of(message);
    REQUIRE(parse_sip(as_bytes(text), sip_) == Errc::none);
    const std::uint64_t hash = hash_of(message.call_id);
    table.expect(hash);
    table.update(hash, sip_, packet_of(message), message.time_ms * 1000);
  }
  CallBefore make_way(const CallMessage& message, CallState* before) {
    const std::string text = text_of(message);
    REQUIRE(parse_sip(as_bytes(text), sip_) == Errc::none);
    return table.make_way(hash_of(message.call_id), sip_, packet_of(message),
                          message.time_ms * 1000, before);
  }
  static std::uint64_t hash_of(std::string_view call_id) { return TextHash(1)(call_id); }

  [[nodiscard]] Kpi total() const {
    const std::vector<Kpi> all = table.kpis();
    return std::accumulate(all.begin(), all.end(), Kpi{}, [](Kpi sum, const Kpi& one) {
      sum += one;
      return sum;
    });
  }

  std::vector<Left> left;
  TrackedCalls table;

 private:
  SipView sip_;
};

CallMessage invite(std::int64_t ms, const std::string& call_id) {
  return {.time_ms = ms, .method = "INVITE", .branch = "z9hG4bKi", .call_id = call_id};
}

CallMessage answered(std::int64_t ms, const std::string& call_id, int status = 200) {
  CallMessage out = invite(ms, call_id);
  out.from_caller = false;
  out.status = status;
  out.to_tag = "b";
  return out;
}

CallMessage in_dialog(std::int64_t ms, const std::string& call_id, const std::string& method) {
  return {.time_ms = ms,
          .method = method,
          .cseq = method == "ACK" ? 1U : 2U,
          .branch = "z9hG4bK" + method,
          .to_tag = "b",
          .call_id = call_id};
}

CallMessage confirmed(std::int64_t ms, const std::string& call_id, const std::string& method) {
  CallMessage out = in_dialog(ms, call_id, method);
  out.from_caller = false;
  out.status = 200;
  return out;
}

void answer(Fixture& f, std::int64_t ms, const std::string& call_id) {
  f.feed(invite(ms, call_id));
  f.feed(answered(ms + 100, call_id));
  f.feed(in_dialog(ms + 200, call_id, "ACK"));
}

void hang_up(Fixture& f, std::int64_t ms, const std::string& call_id) {
  f.feed(in_dialog(ms, call_id, "BYE"));
  f.feed(confirmed(ms + 10, call_id, "BYE"));
}

// Another call's message, so that the hand goes on.
void let_time_pass(Fixture& f, std::int64_t to_ms) { f.feed(invite(to_ms, "clock")); }

}  // namespace

TEST_CASE("tracked calls: one that has ended leaves 64*T1 later, closed, and is told once") {
  Fixture f;
  answer(f, 0, "c1");
  hang_up(f, 5000, "c1");
  let_time_pass(f, 37'009);
  CHECK(f.left.empty());
  let_time_pass(f, 37'010);
  REQUIRE(f.left.size() == 1);
  CHECK(f.left[0].hash == Fixture::hash_of("c1"));
  CHECK(f.left[0].end == CallEnd::signalled);
  CHECK(f.left[0].bucket == StatusBucket::success);
  CHECK(f.table.counts().over == 1);
  CHECK(f.table.counts().opened == 2);
  CHECK(f.total().collapsed.completed == 1);
  f.table.finish();
  CHECK(f.left.size() == 2);
  CHECK(f.table.use().entries == 0);
}

TEST_CASE("tracked calls: timers run while only other calls have messages") {
  Fixture f;
  f.feed(invite(0, "c1"));
  let_time_pass(f, 31'999);
  CHECK(f.total().collapsed.requests == 0);
  let_time_pass(f, 32'000);
  CHECK(f.total().collapsed.of(StatusBucket::timeout) == 1);
}

TEST_CASE("tracked calls: a session timer ends no call whose media flow") {
  Fixture f;
  const bool flows = GENERATE(false, true);
  f.feed(invite(0, "c1"));
  CallMessage ok = answered(1000, "c1");
  ok.headers = "Session-Expires: 90;refresher=uac\r\n";
  f.feed(ok);
  f.feed(in_dialog(1010, "c1", "ACK"));
  const MediaSigns signs{.tracked = &f.table};
  if (flows) signs.note(Fixture::hash_of("c1"), 120'000'000);
  let_time_pass(f, 124'000);
  CHECK(f.total().acd.count() == (flows ? 0 : 1));
}

TEST_CASE(
    "tracked calls: one that is up stays for max_age of silence, answered but not completed") {
  Fixture f({.max_age = 60s});
  answer(f, 0, "c1");
  let_time_pass(f, 60'199);
  CHECK(f.left.empty());
  let_time_pass(f, 60'200);
  REQUIRE(f.left.size() == 1);
  CHECK(f.left[0].end == CallEnd::aged);
  CHECK(f.table.counts().expired == 1);
  CHECK(f.total().collapsed.answered() == 1);
  CHECK(f.total().collapsed.completed == 0);
}

TEST_CASE("tracked calls: one whose media flow does not age, and ends with its BYE") {
  Fixture f({.max_age = 60s});
  answer(f, 0, "c1");
  f.table.note_media(Fixture::hash_of("c1"), 50'000'000);
  let_time_pass(f, 60'200);
  CHECK(f.left.empty());
  hang_up(f, 80'000, "c1");
  f.table.finish();
  REQUIRE(f.left.size() == 2);
  CHECK(f.left[0].hash == Fixture::hash_of("c1"));
  CHECK(f.total().collapsed.completed == 1);
  CHECK(f.table.counts().expired == 0);
}

TEST_CASE("tracked calls: media keep one for max_age, and no longer") {
  Fixture f({.max_age = 60s});
  answer(f, 0, "c1");
  f.table.note_media(Fixture::hash_of("c1"), 50'000'000);
  let_time_pass(f, 110'000);
  REQUIRE(f.left.size() == 1);
  CHECK(f.left[0].end == CallEnd::aged);
}

TEST_CASE("tracked calls: a full table keeps what is up, and what nobody answers makes room") {
  Fixture f({.max_calls = 8});
  for (int i = 0; i < 4; ++i) answer(f, i, "up" + std::to_string(i));
  for (int i = 0; i < 100; ++i) f.feed(invite(1000 + i, "scan" + std::to_string(i)));
  CHECK(f.table.use().entries == 8);
  CHECK(f.table.use().max_entries == 8);
  CHECK(f.table.counts().evicted == 96);
  CHECK(f.left.size() == 96);
  CHECK(f.left[0].end == CallEnd::evicted);
  for (int i = 0; i < 4; ++i) hang_up(f, 5000, "up" + std::to_string(i));
  CHECK(f.total().collapsed.completed == 4);
}

TEST_CASE("tracked calls: what is open at the end has no outcome") {
  Fixture f;
  f.feed(invite(0, "c1"));
  f.feed(answered(100, "c1", 180));
  f.table.finish();
  REQUIRE(f.left.size() == 1);
  CHECK(f.left[0].end == CallEnd::capture_stop);
  CHECK(f.total().collapsed.requests == 0);
  CHECK(f.total().collapsed.unfinished == 1);
  CHECK(f.total().strict.unfinished == 1);
}

TEST_CASE("tracked calls: looks run timers and let calls go where no message comes") {
  const bool shared = GENERATE(false, true);
  Fixture f({.max_age = 60s, .shared = shared});
  f.feed(invite(0, "c1"));
  answer(f, 0, "c2");
  const auto look_at_all = [&](std::int64_t now_ms) {
    for (std::size_t turn = 0; turn < 32; ++turn) f.table.look(turn, now_ms * 1000);
  };
  look_at_all(31'999);
  CHECK(f.total().collapsed.requests == 1);
  look_at_all(32'000);
  CHECK(f.total().collapsed.of(StatusBucket::timeout) == 1);
  look_at_all(100'000);
  CHECK(f.left.size() == 2);
  CHECK(f.table.use().entries == 0);
}

TEST_CASE("tracked calls: each is counted for its carrier") {
  CarrierMap carriers;
  const std::uint8_t callee[] = {192, 0, 2, 20};
  REQUIRE(carriers.add("transit", IpAddress::from(callee), 32) == Errc::none);
  Fixture f({.shared = true}, carriers);
  answer(f, 0, "c1");
  CallMessage elsewhere = invite(0, "c2");
  elsewhere.hop = 5;
  f.feed(elsewhere);
  CHECK(f.table.carriers() == std::vector<std::string>{"default", "transit"});
  const std::vector<Kpi> kpis = f.table.kpis();
  REQUIRE(kpis.size() == 2);
  CHECK(kpis[0].collapsed.requests == 0);
  CHECK(kpis[1].collapsed.answered() == 1);
}

TEST_CASE("tracked calls: a message without Call-ID opens none") {
  Fixture f;
  f.feed({.method = "OPTIONS", .call_id = ""});
  CHECK(f.table.counts().opened == 0);
}

TEST_CASE("tracked calls: no message allocates") {
  TrackedCalls table({.limits = {.max_calls = 64}});
  std::vector<std::string> texts;
  texts.reserve(500);
  for (int i = 0; i < 500; ++i) texts.push_back(text_of(invite(i, "c" + std::to_string(i))));
  SipView sip;
  const Packet packet = packet_of({});
  const AllocationCounter allocations;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    (void)parse_sip(as_bytes(texts[i]), sip);
    table.update(Fixture::hash_of(sip.call_id()), sip, packet,
                 static_cast<std::int64_t>(i) * 1'000'000);
  }
  CHECK(allocations.count() == 0);
}

TEST_CASE("tracked calls: several threads share a table, and another looks at it") {
  constexpr int calls_of_each = 2000;
  constexpr int thread_count = 3;
  std::atomic<int> told{0};
  TrackedCalls table({.limits = {.max_calls = 1 << 14, .shared = true}},
                     [&](std::uint64_t, const CallState&) { ++told; });
  const auto work = [&](int number) {
    SipView sip;
    for (int i = 0; i < calls_of_each; ++i) {
      const std::string call_id = std::to_string(number) + "-" + std::to_string(i);
      for (const CallMessage& message :
           {invite(i, call_id), answered(i + 1, call_id), in_dialog(i + 2, call_id, "ACK"),
            in_dialog(i + 3, call_id, "BYE"), confirmed(i + 4, call_id, "BYE")}) {
        const std::string text = text_of(message);
        (void)parse_sip(as_bytes(text), sip);
        table.update(Fixture::hash_of(call_id), sip, packet_of(message), message.time_ms * 1000);
      }
    }
  };
  std::vector<std::thread> threads;
  threads.reserve(thread_count);
  for (int number = 0; number < thread_count; ++number) threads.emplace_back(work, number);
  std::uint64_t before = 0;
  for (int look = 0; look < 100; ++look) {
    const std::uint64_t now = table.kpis()[0].collapsed.requests;
    CHECK(now >= before);
    before = now;
  }
  for (std::thread& thread : threads) thread.join();
  table.finish();
  constexpr std::uint64_t all = calls_of_each * thread_count;
  CHECK(table.kpis()[0].collapsed.completed == all);
  CHECK(table.counts().opened == all);
  CHECK(told == static_cast<int>(all));
}

TEST_CASE("a call that makes way is told of once: to whoever asks for it, or else as all are") {
  const bool asks = GENERATE(false, true);
  Fixture calls;
  calls.feed(invite(0, "c1"));
  CallMessage declined = invite(500, "c1");
  declined.from_caller = false;
  declined.status = 603;
  declined.to_tag = "b";
  calls.feed(declined);
  CallMessage next = invite(3000, "c1");
  next.branch = "z9hG4bKj";
  next.from_tag = "c";
  CallState before;
  CHECK(calls.make_way(next, asks ? &before : nullptr) == CallBefore::left);
  CHECK(calls.left.size() == (asks ? 0 : 1));
  CHECK(before.end == (asks ? CallEnd::signalled : CallEnd::open));
  CHECK(before.last_us == (asks ? 500'000 : no_time));
  CHECK(calls.make_way(next, &before) == CallBefore::unknown);
}
