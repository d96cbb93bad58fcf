#include "agent/calls/call_table.hpp"

#include <catch2/catch.hpp>
#include <map>
#include <thread>

#include "tests/support/allocation_counter.hpp"
#include "tests/support/sip_text.hpp"

using namespace heptap;
using namespace heptap::test;
using namespace std::chrono_literals;

namespace {

constexpr std::int64_t second_us = 1'000'000;

// Feeds texts at one second's distance and keeps what leaves, by order of leaving.
class Fixture {
 public:
  explicit Fixture(CallLimits limits = {.keep_details = true})
      : table(limits, [this](const Call& call, const CallDetails& details) {
          left.emplace_back(call, details);
        }) {}

  void feed(const std::string& text) { feed(text, ++now_s_ * second_us); }
  void feed(const std::string& text, std::int64_t time_us) {
    REQUIRE(parse_sip(as_bytes(text), sip_) == Errc::none);
    table.update(table.expect(sip_), sip_, Packet{}, time_us,
                 static_cast<std::uint32_t>(BytesHash(1)(as_bytes(text))));
  }
  std::uint64_t hash_of(const std::string& text) {
    REQUIRE(parse_sip(as_bytes(text), sip_) == Errc::none);
    return table.expect(sip_);
  }
  const std::pair<Call, CallDetails>& only() {
    table.finish();
    REQUIRE(left.size() == 1);
    return left.front();
  }

  std::vector<std::pair<Call, CallDetails>> left;
  CallTable table;

 private:
  SipView sip_;
  std::int64_t now_s_ = 0;
};

std::vector<SipMethod> methods_of(const Call& call) {
  return {call.methods.begin(), call.methods.begin() + call.method_count};
}

}  // namespace

TEST_CASE("an answered call has its times, methods and final status") {
  Fixture f;
  for (const auto& text :
       {request("INVITE"), response(100, "INVITE"), response(180, "INVITE"),
        response(200, "INVITE"), request("ACK"), request("BYE"), response(200, "BYE")}) {
    f.feed(text);
  }
  const auto& [call, details] = f.only();
  CHECK(call.message_count == 7);
  CHECK(call.first_us == 1 * second_us);
  CHECK(call.last_us == 7 * second_us);
  CHECK(call.answered_us == 4 * second_us);
  CHECK(call.ended_us == 6 * second_us);
  CHECK(call.final_status == 200);
  CHECK(call.opened_by == SipMethod::invite);
  CHECK(methods_of(call) == std::vector{SipMethod::invite, SipMethod::ack, SipMethod::bye});
  CHECK(details.call_id == "one@a");
  CHECK(details.hash == f.hash_of(request("BYE")));
  CHECK(details.from == "alice@example.com");
  CHECK(details.to == "bob@example.com");
}

TEST_CASE("the final status is that of the method that opened the call") {
  struct Row {
    const char* why;
    std::vector<std::string> texts;
    int want;
    bool answered;
  };
  const auto row = GENERATE(values<Row>({
      {"challenged, then accepted",
       {request("INVITE"), response(401, "INVITE"), request("ACK"), request("INVITE"),
        response(200, "INVITE")},
       200,
       true},
      {"cancelled: the 200 to CANCEL does not count",
       {request("INVITE"), request("CANCEL"), response(200, "CANCEL"), response(487, "INVITE")},
       487,
       false},
      {"a refused re-INVITE does not change how the call went",
       {request("INVITE"), response(200, "INVITE"), request("INVITE"), response(488, "INVITE")},
       200,
       true},
      {"a registration", {request("REGISTER"), response(401, "REGISTER")}, 401, false},
      {"responses alone", {response(183, "INVITE"), response(503, "INVITE")}, 503, false},
      {"no final response", {request("INVITE"), response(180, "INVITE")}, 0, false},
      {"a method nobody knows", {request("FROB"), response(405, "FROB")}, 405, false},
  }));
  CAPTURE(row.why);
  Fixture f;
  for (const auto& text : row.texts) f.feed(text);
  const auto& call = f.only().first;
  CHECK(call.final_status == row.want);
  CHECK((call.answered_us != 0) == row.answered);
}

TEST_CASE("Call-IDs are told apart byte for byte") {
  Fixture f;
  const std::string long_id(100, 'x');
  for (const auto& id :
       {std::string("a"), std::string("A"), std::string("a "), long_id, long_id + "y"}) {
    f.feed(request("INVITE", id));
  }
  f.table.finish();
  CHECK(f.left.size() == 4);  // "a " is "a": white space around a value is not part of it
}

TEST_CASE("details are bounded whatever the wire holds") {
  Fixture f;
  f.feed("INVITE sip:a SIP/2.0\r\nFrom: <sip:" + std::string(2000, 'f') + "@h>\r\nTo: " +
         std::string(2000, 't') + "\r\nCall-ID: " + std::string(2000, 'c') + "\r\n\r\n");
  const CallDetails& details = f.only().second;
  constexpr std::size_t most = CallDetails::max_text_bytes;
  CHECK(details.call_id == std::string(most, 'c') + "…");
  CHECK(details.from == std::string(most, 'f') + "…");
  CHECK(details.to == std::string(most, 't') + "…");
}

TEST_CASE("a message without Call-ID is counted, not stored") {
  Fixture f;
  f.feed("OPTIONS sip:a@b SIP/2.0\r\nCSeq: 1 OPTIONS\r\n\r\n");
  CHECK(f.table.counts().no_call_id == 1);
  CHECK(f.table.size() == 0);
}

TEST_CASE("calls leave by age of packet time, and by order of start at the end") {
  Fixture f({.max_entries = 100, .max_age = 60s, .keep_details = true});
  f.feed(request("INVITE", "old"), 0);
  f.feed(request("INVITE", "young"), 50 * second_us);
  for (int i = 0; i < 4; ++i) {
    f.feed(request("INVITE", "new" + std::to_string(i)), 100 * second_us + i);
  }
  REQUIRE(f.left.size() == 1);
  CHECK(f.left[0].second.call_id == "old");
  CHECK(f.table.counts().expired == 1);
  f.table.finish();
  REQUIRE(f.left.size() == 6);
  CHECK(f.left[1].second.call_id == "young");
  CHECK(f.left[5].second.call_id == "new3");
  CHECK(f.table.size() == 0);
}

TEST_CASE("a call whose media flow does not age, and what is not there is not opened by them") {
  Fixture f({.max_age = 60s});
  f.feed(request("INVITE", "long@a"), 0);
  f.table.note_media(f.hash_of(request("INVITE", "long@a")), 50 * second_us);
  f.table.note_media(f.hash_of(request("INVITE", "other@a")), 50 * second_us);
  f.feed(request("INVITE", "b@a"), 110 * second_us);
  CHECK(f.left.empty());
  CHECK(f.table.counts().opened == 2);
  f.feed(request("INVITE", "c@a"), 110 * second_us + 1);
  CHECK(f.left.size() == 1);
}

TEST_CASE("the table never holds more than its cap, and what is alive stays") {
  Fixture f({.max_entries = 64, .max_age = 1h, .keep_details = true});
  for (int i = 0; i < 1000; ++i) {
    f.feed(request("INVITE", "id" + std::to_string(i)), i * second_us);
    f.feed(request("INFO", "alive"), i * second_us + 1);
    CHECK(f.table.size() <= 64);
  }
  CHECK(f.table.counts().opened == 1001);
  CHECK(f.table.counts().evicted == 1001 - 64);
  for (const auto& [call, details] : f.left) CHECK(details.call_id != "alive");
}

TEST_CASE("time that goes backwards neither ages nor breaks a call") {
  Fixture f({.max_entries = 10, .max_age = 1s, .keep_details = true});
  f.feed(request("INVITE"), 100 * second_us);
  f.feed(request("BYE"), 90 * second_us);
  const auto& call = f.only().first;
  CHECK(call.first_us == 90 * second_us);
  CHECK(call.last_us == 100 * second_us);
}

TEST_CASE("without details a message costs no allocation, not even at the cap") {
  CallTable table({.max_entries = 128, .max_age = 1h});
  SipView sip;
  std::vector<std::string> texts;
  texts.reserve(512);
  for (int i = 0; i < 512; ++i) texts.push_back(request("INVITE", "id" + std::to_string(i)));
  const AllocationCounter counter;
  for (std::int64_t i = 0; i < 2048; ++i) {
    if (parse_sip(as_bytes(texts[static_cast<std::size_t>(i) % 512]), sip) != Errc::none) break;
    table.update(table.expect(sip), sip, Packet{}, i, static_cast<std::uint32_t>(i));
  }
  CHECK(counter.count() == 0);
  CHECK(table.counts().opened == 2048);
}

TEST_CASE("a message that comes again is a retransmission, one that differs in anything is not") {
  Fixture calls;
  const std::string invite = request("INVITE", "again");
  const std::string ack = request("ACK", "again");
  for (const std::string& text : {invite, ack, invite, invite, request("INVITE", "another"), ack}) {
    calls.feed(text);
  }
  CHECK(calls.table.counts().retransmissions == 3);
  CHECK(calls.table.size() == 2);
}

TEST_CASE("threads that share a table have every message in it, and a call only once") {
  constexpr int calls = 500;
  constexpr int threads = 4;
  CallTable table({.max_entries = 100'000, .max_age = 1h, .shared = true});
  std::vector<std::thread> workers;
  workers.reserve(threads);
  for (int worker = 0; worker < threads; ++worker) {
    workers.emplace_back([&table, worker] {
      SipView sip;
      for (int i = 0; i < calls; ++i) {
        const std::string text = request("INVITE", "id" + std::to_string(i));
        if (parse_sip(as_bytes(text), sip) != Errc::none) return;
        table.update(table.expect(sip), sip, Packet{}, i, static_cast<std::uint32_t>(worker + 1));
        table.update(table.expect(sip), sip, Packet{}, i, static_cast<std::uint32_t>(worker + 1));
      }
    });
  }
  for (std::thread& worker : workers) worker.join();
  CHECK(table.size() == calls);
  CHECK(table.counts().opened == calls);
  CHECK(table.counts().retransmissions == calls * threads);
}

TEST_CASE("the shards of a shared table hold its cap together") {
  std::size_t left = 0;
  CallTable table({.max_entries = 640, .max_age = 1h, .shared = true},
                  [&left](const Call&, const CallDetails&) { ++left; });
  SipView sip;
  for (int i = 0; i < 5000; ++i) {
    const std::string text = request("INVITE", "id" + std::to_string(i));
    REQUIRE(parse_sip(as_bytes(text), sip) == Errc::none);
    table.update(table.expect(sip), sip, Packet{}, i, 1);
  }
  CHECK(table.size() <= 640);
  CHECK(table.size() > 600);
  CHECK(table.counts().evicted == left);
  table.finish();
  CHECK(table.size() == 0);
  CHECK(left == 5000);
}

TEST_CASE(
    "a call is long over when nothing of it can be on the way, and leaves when it is said so") {
  struct Row {
    const char* why;
    std::vector<std::string> texts;
    std::int64_t after_s;  // 0: never
  };
  const auto row = GENERATE(values<Row>({
      {"hung up", {request("INVITE"), response(200, "INVITE"), request("BYE")}, 32},
      {"up", {request("INVITE"), response(200, "INVITE")}, 0},
      {"refused", {request("INVITE"), response(486, "INVITE")}, 32},
      {"ringing", {request("INVITE"), response(180, "INVITE")}, 180},
      {"tried", {request("INVITE"), response(100, "INVITE")}, 180},
      {"refused after ringing",
       {request("INVITE"), response(180, "INVITE"), response(486, "INVITE")},
       32},
      {"never answered", {request("INVITE"), request("INVITE")}, 32},
      {"never answered, and cancelled", {request("INVITE"), request("CANCEL")}, 32},
  }));
  CAPTURE(row.why);
  Fixture f;
  for (const auto& text : row.texts) f.feed(text, 0);
  const std::uint64_t hash = f.hash_of(row.texts.front());
  CHECK_FALSE(f.table.is_long_over(hash, row.after_s * second_us - 1));
  CHECK(f.table.is_long_over(hash, row.after_s * second_us) == (row.after_s != 0));
  CHECK_FALSE(f.table.is_long_over(hash + 1, 1000 * second_us));
  f.table.end(hash);
  CHECK(f.left.size() == 1);
  f.feed(request("INVITE"), 1000 * second_us);
  CHECK(f.table.counts().opened == 2);
}
