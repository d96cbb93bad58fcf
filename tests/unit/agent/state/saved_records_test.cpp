#include "agent/state/saved_records.hpp"

#include <catch2/catch.hpp>
#include <tuple>
#include <vector>

#include "proto/sip/encoding.hpp"
#include "tests/support/test_random.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

using Buffer = std::vector<std::uint8_t>;

// All that each has, so that what is forgotten is found.

auto members(const Transaction& t) {
  return std::make_tuple(t.first_us, t.key, t.folded_key, t.pair, t.request_uri, t.cseq,
                         t.last_request, t.first_response, t.last_provisional, t.final_response,
                         t.status, t.retransmissions, t.ip_identification, t.method, t.attempt,
                         bool{t.opens_dialog}, bool{t.no_request}, bool{t.timed_out},
                         bool{t.closed}, bool{t.is_udp}, bool{t.removes});
}
auto members(const Attempt& a) {
  return std::make_tuple(
      a.first_us, a.trying_us, a.progress_us, a.ringing_us, a.alert_us, a.answer_us, a.cancel_us,
      a.final_us, a.caller, a.from_tag, a.pair, a.first_cseq, a.cseq, a.status, a.requests,
      a.method, a.via_count, std::uint8_t{a.challenges}, bool{a.partial}, bool{a.timed_out},
      bool{a.counted}, bool{a.in_kpi}, bool{a.counted_answered}, bool{a.end_counted},
      bool{a.user_cause}, bool{a.chain_guess}, bool{a.removes});
}
auto members(const Dialog& d) {
  return std::make_tuple(d.tag_a, d.tag_b, d.answer_us, d.ack_us, d.bye_us, d.bye_final_us,
                         d.repeat_us, d.cseq, d.bye_pair, d.bye_status, d.repeats, bool{d.used},
                         bool{d.confirmed}, bool{d.caller_known}, bool{d.bye_from_a},
                         bool{d.bye_from_lower}, bool{d.bye_timed_out}, bool{d.expired},
                         bool{d.no_ack}, bool{d.counted});
}
auto members(const CallEvent& e) {
  return std::tuple(e.time_us, e.kind, e.count, e.status, e.warn_code);
}
auto members(const CallState& s) {
  return std::make_tuple(s.last_us, s.refresh_us, s.media_us, s.session_expires_s,
                         s.retransmissions, bool{s.has_carrier}, bool{s.is_transfer},
                         bool{s.had_dialog});
}
auto members(const Call& c) {
  return std::tuple(c.first_us, c.last_us, c.message_count, c.final_status, c.opened_by,
                    c.answered_us, c.ended_us, c.method_count, c.methods, c.has_provisional);
}
auto members(const CallDetails& d) {
  return std::tuple(d.call_id, d.from, d.to, d.flow.source.octets, d.flow.source.family,
                    d.flow.destination.octets, d.flow.destination.family, d.flow.source_port,
                    d.flow.destination_port, d.ip_protocol);
}
auto members(const MediaCall& c) {
  return std::tuple(c.hash, c.first_us, c.last_us, c.ended_us, c.answered_us, c.opened_us,
                    c.confirmed_tag, c.first_hop, c.caller_tag_count, c.is_answered, c.has_bye,
                    c.caller_tags);
}
auto members(const MediaDescription& d) {
  return std::tuple(d.until_us, d.content, d.tag, d.hop, d.party, d.is_pending, d.is_replaced,
                    d.is_confirmed);
}
auto members(const MediaLine& l) {
  return std::tuple(l.media, l.bundle, l.type, l.direction, l.flags, l.ptime_ms);
}
auto members(const MediaClaim& c) {
  return std::tuple(c.address.ip.octets, c.address.ip.family, c.address.port, c.address.ssrc,
                    c.kind, c.media, c.party);
}

template <class Items>
bool are_same(const Items& a, const Items& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const auto& x, const auto& y) { return members(x) == members(y); });
}

IpAddress address(std::uint8_t last) {
  return IpAddress::from(std::array<std::uint8_t, 4>{192, 0, 2, last});
}

Transaction transaction() {
  Transaction t;
  t.first_us = 1;
  std::uint32_t n = 2;
  for (std::uint32_t* const member :
       {&t.key, &t.folded_key, &t.pair, &t.request_uri, &t.cseq, &t.last_request, &t.first_response,
        &t.last_provisional, &t.final_response}) {
    *member = n++;
  }
  t.status = 486;
  t.retransmissions = 3;
  t.ip_identification = 4;
  t.method = SipMethod::invite;
  t.attempt = 1;
  t.opens_dialog = t.no_request = t.timed_out = t.closed = t.is_udp = t.removes = true;
  return t;
}

Attempt attempt() {
  Attempt a;
  std::int64_t us = 1;
  for (PackedTime* const member : {&a.first_us, &a.trying_us, &a.progress_us, &a.ringing_us,
                                   &a.alert_us, &a.answer_us, &a.cancel_us, &a.final_us}) {
    *member = us++;
  }
  a.caller = 9;
  a.from_tag = 10;
  a.pair = 11;
  a.first_cseq = 12;
  a.cseq = 13;
  a.status = 486;
  a.requests = 14;
  a.method = SipMethod::register_;
  a.via_count = 15;
  a.challenges = 16;
  a.partial = a.timed_out = a.counted = a.in_kpi = a.counted_answered = a.end_counted = true;
  a.user_cause = a.chain_guess = a.removes = true;
  return a;
}

Dialog dialog() {
  Dialog d;
  std::int64_t us = 1;
  for (PackedTime* const member :
       {&d.answer_us, &d.ack_us, &d.bye_us, &d.bye_final_us, &d.repeat_us}) {
    *member = us++;
  }
  d.tag_a = 6;
  d.tag_b = 7;
  d.cseq = 8;
  d.bye_pair = 9;
  d.bye_status = 200;
  d.repeats = 10;
  d.used = d.confirmed = d.caller_known = d.bye_from_a = d.bye_from_lower = true;
  d.bye_timed_out = d.expired = d.no_ack = d.counted = true;
  return d;
}

SavedTracked tracked() {
  SavedTracked saved{.hash = 1, .carrier = "north", .state = {}};
  CallState& state = saved.state;
  state.last_us = 2;
  state.refresh_us = 3;
  state.media_us = 4;
  state.session_expires_s = 5;
  state.retransmissions = 6;
  state.has_carrier = state.is_transfer = state.had_dialog = true;
  state.transactions[5] = transaction();
  state.attempts[1] = attempt();
  state.dialogs[2] = dialog();
  state.events[3] = {
      .time_us = 7, .kind = CallEventKind::bye_timeout, .status = 9, .warn_code = 10, .count = 8};
  return saved;
}

SavedCall call() {
  SavedCall saved{.hash = 1,
                  .call = {.first_us = 2,
                           .last_us = 3,
                           .message_count = 4,
                           .final_status = 200,
                           .opened_by = SipMethod::invite,
                           .answered_us = 5,
                           .ended_us = 6,
                           .method_count = 2,
                           .methods = {SipMethod::invite, SipMethod::bye},
                           .has_provisional = true},
                  .details = {.call_id = "call@a", .from = "a@b", .to = "c@d", .ip_protocol = 17}};
  saved.details.flow = {address(1), IpAddress::from(std::vector<std::uint8_t>(16, 7)), 5060, 5061};
  return saved;
}

MediaClaim claim(std::uint8_t last) {
  return {.address = {.ip = address(last), .port = 4000, .ssrc = 7},
          .kind = MediaClaim::Kind::ssrc,
          .media = 2,
          .party = MediaParty::callee};
}

SavedMedia media() {
  SavedMedia saved;
  MediaCall& c = saved.call;
  c.hash = 1;
  std::int64_t us = 2;
  for (std::int64_t* const member :
       {&c.first_us, &c.last_us, &c.ended_us, &c.answered_us, &c.opened_us}) {
    *member = us++;
  }
  c.confirmed_tag = 7;
  c.first_hop = 8;
  c.caller_tag_count = 2;
  c.caller_tags = {9, 10, 0, 0};
  c.is_answered = c.has_bye = true;
  saved.call_id = "call@a";
  saved.link = "leg@a";
  SavedDescription& one = saved.descriptions.emplace_back();
  one.description.until_us = 11;
  one.description.content = 12;
  one.description.tag = 13;
  one.description.hop = 14;
  one.description.party = MediaParty::callee;
  one.description.is_pending = one.description.is_replaced = one.description.is_confirmed = true;
  one.lines.push_back({.line = {.media = 1,
                                .bundle = 2,
                                .type = MediaType::video,
                                .direction = SdpDirection::recvonly,
                                .flags = MediaLine::srtp | MediaLine::mux,
                                .ptime_ms = 20},
                       .formats = {{8000, 8, encoding_id("PCMA"), 1}, {48000, 96, 0, 2}}});
  one.claims = {claim(1), claim(2)};
  saved.descriptions.emplace_back();
  saved.learned = {claim(3)};
  return saved;
}

SavedVerdict verdict() {
  return {.call_hash = 1, .last_us = 2, .decides = 1, .rules = {{3, ""}, {4, "suffix"}}};
}

SavedRun run() { return {1, 2, 3, 4, 5}; }

template <class Record>
Buffer bytes_of(Record record) {
  Buffer bytes;
  REQUIRE(encode(record, bytes));
  return bytes;
}

template <class Record>
Record again(const Record& record) {
  Record read;
  REQUIRE(decode(bytes_of(record), read));
  CHECK(bytes_of(read) == bytes_of(record));
  return read;
}

template <class Record>
void check_cuts(const Record& record) {
  const Buffer whole = bytes_of(record);
  Record read;
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CAPTURE(size);
    REQUIRE_FALSE(decode(Bytes(whole).first(size), read));
  }
  Buffer longer = whole;
  longer.push_back(0);
  CHECK_FALSE(decode(longer, read));
}

// What is read is what a writer could have written.
template <class Record>
void check_changes(const Record& record) {
  const Buffer whole = bytes_of(record);
  auto random = test_random();
  Record read;
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (int value = 0; value < 256; ++value) {
      Buffer changed = whole;
      changed[at] = static_cast<std::uint8_t>(value);
      const std::size_t other = below(random, whole.size());
      if (value % 4 == 0) changed[other] = static_cast<std::uint8_t>(random());
      if (!decode(changed, read)) continue;
      CAPTURE(at, value, other);
      REQUIRE(bytes_of(read) == changed);
    }
  }
}

}  // namespace

TEST_CASE("a saved run is read as it was written") {
  const SavedRun read = again(run());
  CHECK(std::tuple(read.written_us, read.calls_seed, read.media_seed, read.tracked_seed,
                   read.plan) == std::tuple(1, 2U, 3U, 4U, 5U));
}

TEST_CASE("a saved call is read as it was written") {
  const SavedCall read = again(call());
  CHECK(read.hash == 1);
  CHECK(members(read.call) == members(call().call));
  CHECK(members(read.details) == members(call().details));
}

TEST_CASE("saved media are read as they were written") {
  const SavedMedia wrote = media();
  const SavedMedia read = again(wrote);
  CHECK(members(read.call) == members(wrote.call));
  CHECK(read.call_id == "call@a");
  CHECK(read.link == "leg@a");
  REQUIRE(read.descriptions.size() == 2);
  const SavedDescription& one = read.descriptions[0];
  CHECK(members(one.description) == members(wrote.descriptions[0].description));
  CHECK(members(read.descriptions[1].description) == members(MediaDescription{}));
  REQUIRE(one.lines.size() == 1);
  CHECK(members(one.lines[0].line) == members(wrote.descriptions[0].lines[0].line));
  CHECK(one.lines[0].formats == wrote.descriptions[0].lines[0].formats);
  CHECK(are_same(one.claims, wrote.descriptions[0].claims));
  CHECK(are_same(read.learned, wrote.learned));
}

TEST_CASE("what is saved of signalling is read as it was written, each in its place") {
  const SavedTracked wrote = tracked();
  const SavedTracked read = again(wrote);
  CHECK(read.hash == 1);
  CHECK(read.carrier == "north");
  CHECK(members(read.state) == members(wrote.state));
  CHECK(are_same(read.state.transactions, wrote.state.transactions));
  CHECK(are_same(read.state.attempts, wrote.state.attempts));
  CHECK(are_same(read.state.dialogs, wrote.state.dialogs));
  CHECK(are_same(read.state.events, wrote.state.events));
}

TEST_CASE("a saved verdict is read as it was written") {
  const SavedVerdict read = again(verdict());
  CHECK(std::tuple(read.call_hash, read.last_us, read.decides) == std::tuple(1U, 2, 1));
  REQUIRE(read.rules.size() == 2);
  CHECK(std::tuple(read.rules[0].rule, read.rules[0].suffix) == std::tuple(3U, ""));
  CHECK(std::tuple(read.rules[1].rule, read.rules[1].suffix) == std::tuple(4U, "suffix"));
}

TEST_CASE("a saved record that is cut, or too long, is none") {
  check_cuts(run());
  check_cuts(call());
  check_cuts(media());
  check_cuts(tracked());
  check_cuts(verdict());
}

TEST_CASE("a saved record that was changed is none, or another one") {
  check_changes(run());
  check_changes(call());
  check_changes(media());
  check_changes(tracked());
  check_changes(verdict());
}

TEST_CASE("a saved record with values that a table could not take is none") {
  Buffer bytes;
  SECTION("a call of no message") {
    SavedCall bad = call();
    bad.call.message_count = 0;
    CHECK_FALSE(encode(bad, bytes));
  }
  SECTION("a transaction of an attempt that is not there") {
    SavedTracked bad = tracked();
    bad.state.transactions[5].attempt = 2;
    CHECK_FALSE(encode(bad, bytes));
    bad.state.transactions[5].attempt = 3;
    CHECK_FALSE(encode(bad, bytes));
  }
  SECTION("an attempt that failed at no time") {
    SavedTracked bad = tracked();
    bad.state.attempts[1].answer_us = bad.state.attempts[1].final_us = no_time;
    CHECK_FALSE(encode(bad, bytes));
  }
  SECTION("a decision by a rule that does not hold") {
    SavedVerdict bad = verdict();
    bad.decides = 2;
    CHECK_FALSE(encode(bad, bytes));
  }
  SECTION("a payload type that RTP has not") {
    SavedMedia bad = media();
    bad.descriptions[0].lines[0].formats[0].payload_type = 128;
    CHECK_FALSE(encode(bad, bytes));
  }
}
