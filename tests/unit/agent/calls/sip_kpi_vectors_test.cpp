#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>
#include <map>

#include "agent/calls/call_summary.hpp"
#include "agent/calls/call_tracker.hpp"
#include "tests/support/tracked_call.hpp"

using namespace heptap;
using namespace heptap::test;
namespace json = boost::json;

namespace {

const json::object& vectors() {
  static const json::value all = [] {
    std::ifstream in(std::string(HEPTAP_SOURCE_DIR) + "/tests/vectors/sipkpi_vectors.json");
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    return json::parse(text);
  }();
  return all.as_object();
}

std::string text(const json::value& value) { return json::value_to<std::string>(value); }

CallMessage message_of(const json::value& event, const std::string& cookie) {
  const auto& field = event.as_array();
  CallMessage out;
  out.time_ms = field[0].to_number<std::int64_t>();
  out.from_caller = text(field[1]) == "A";
  out.status = field[3].is_null() ? 0 : field[3].to_number<int>();
  out.method = text(field[4]);
  out.cseq = field[5].to_number<std::uint32_t>();
  out.branch = cookie + text(field[6]);
  out.call_id = text(field[7]);
  out.from_tag = text(field[8]);
  out.to_tag = text(field[9]);
  return out;
}

// The scenarios without an end of their own run to the end of their last timer.
std::int64_t end_ms(const std::string& name, std::int64_t last_ms) {
  if (name == "K06") return 32'000;
  return name == "K12" ? 42'250 : last_ms;
}

void play(const std::string& name, const std::string& cookie, TrackedCall& call) {
  std::int64_t last_ms = 0;
  for (const auto& event : vectors().at("scen").at(name).at("events").as_array()) {
    const CallMessage message = message_of(event, cookie);
    call.feed(message);
    last_ms = message.time_ms;
  }
  call.tracker.expire(call.state, end_ms(name, last_ms) * 1000);
  call.close(end_ms(name, last_ms));
}

json::value value_of(const std::optional<double>& number) {
  return number ? json::value(*number) : json::value(nullptr);
}

json::value status_of(int status, bool timed_out) {
  if (timed_out) return "timeout";
  return status == 0 ? json::value(nullptr) : json::value(status);
}

json::value kind_of(SampleKind kind) {
  if (kind == SampleKind::none) return nullptr;
  return kind == SampleKind::success ? "success" : "failed";
}

json::value party_of(CallParty party) {
  if (party == CallParty::unknown) return nullptr;
  return party == CallParty::caller ? "A" : "B";
}

json::object call_of(const CallSummary& s) {
  return {{"attempt_invites", s.attempt_requests},
          {"outcome", status_of(s.outcome, s.timed_out)},
          {"srd_ms", value_of(s.srd_ms)},
          {"srd_kind", kind_of(s.srd_kind)},
          {"sdr_ms", value_of(s.sdr_ms)},
          {"snt_ms", value_of(s.snt_ms)},
          {"pdd_ms", value_of(s.pdd_ms)},
          {"cancel_ms", value_of(s.cancel_ms)},
          {"extra_dialogs", s.extra_dialogs},
          {"sdd_ms", value_of(s.sdd_ms)},
          {"sdt_sig_ms", value_of(s.sdt_sig_ms)},
          {"sdt_kind", kind_of(s.sdt_kind)},
          {"bye_by", party_of(s.bye_by)},
          {"bye_final", status_of(s.bye_status, false)},
          {"partial", s.partial}};
}

json::object strict_of(const SessionCounts& c) {
  return {{"invites", c.requests},
          {"n3xx", c.of(StatusBucket::redirect)},
          {"n200", c.answered()},
          {"user", c.of(StatusBucket::user)},
          {"auth", c.of(StatusBucket::challenge)},
          {"isa", c.of(StatusBucket::ineffective)},
          {"timeout", c.of(StatusBucket::timeout)},
          {"SER", value_of(c.ser())},
          {"SEER", value_of(c.seer())},
          {"ISA", value_of(c.isa())},
          {"SCR", value_of(c.scr())}};
}

json::object collapsed_of(const SessionCounts& c) {
  return {{"attempts", c.requests},   {"answered", c.answered()},
          {"SER", value_of(c.ser())}, {"SEER", value_of(c.seer())},
          {"ISA", value_of(c.isa())}, {"ISA_with_timeout", value_of(c.isa_with_timeout())},
          {"SCR", value_of(c.scr())}, {"ASR", value_of(c.asr())}};
}

// What a vector says, to its three digits; what it does not say is null in ours.
void check(const json::object& want, const json::object& got) {
  for (const auto& [name, value] : want) {
    CAPTURE(std::string(name), json::serialize(value), json::serialize(got.at(name)));
    if (value.is_number() && got.at(name).is_number()) {
      CHECK(got.at(name).to_number<double>() ==
            Approx(value.to_number<double>()).margin(0.0005).epsilon(0));
    } else {
      CHECK(got.at(name) == value);
    }
  }
  for (const auto& [name, value] : got) {
    if (want.contains(name) || name == "attempt_invites") continue;
    CAPTURE(std::string(name));
    CHECK(value == json::value(nullptr));
  }
}

void check_transactions(const std::string& cookie, const json::array& want, const CallSummary& got,
                        TrackedCall& call) {
  REQUIRE(got.transaction_count == want.size());
  for (std::size_t i = 0; i < want.size(); ++i) {
    const json::object& tx = want[i].as_object();
    const TransactionSummary& ours = got.transactions[i];
    CAPTURE(i);
    CHECK(to_string(ours.method) == text(tx.at("method")));
    CHECK(ours.retransmissions == tx.at("retr").to_number<int>());
    CHECK(value_of(ours.rtt_first_ms) ==
          (tx.at("rtt_first").is_null() ? json::value(nullptr)
                                        : json::value(tx.at("rtt_first").to_number<double>())));
    CHECK(value_of(ours.rtt_final_ms) ==
          (tx.at("rtt_final").is_null() ? json::value(nullptr)
                                        : json::value(tx.at("rtt_final").to_number<double>())));
    CHECK(status_of(ours.status, ours.timed_out) ==
          (tx.at("final").is_string() ? tx.at("final")
                                      : json::value(tx.at("final").to_number<int>())));
    if (cookie.empty()) continue;  // without, the key has more in it than the branch
    CHECK(ours.key ==
          call.key_of({.method = text(tx.at("method")), .branch = cookie + text(tx.at("branch"))}));
  }
}

}  // namespace

// Both ways to find a transaction: by RFC 3261 and, without the cookie, by RFC 2543.
TEST_CASE("SIP KPI vectors: each scenario has its times, transactions and ratios") {
  const std::string cookie = GENERATE("z9hG4bK", "");
  for (const auto& [name, scenario] : vectors().at("scen").as_object()) {
    CAPTURE(std::string(name), cookie);
    TrackedCall call;
    play(name, cookie, call);
    const json::object& want = vectors().at("expect").at(name).as_object();
    const CallSummary got = summary_of(call.state);
    check(want.at("calls").at("c1").as_object(), call_of(got));
    check_transactions(cookie, want.at("tx").as_array(), got, call);
    check(want.at("strict").as_object(), strict_of(call.tracker.total().strict));
    check(want.at("collapsed").as_object(), collapsed_of(call.tracker.total().collapsed));
  }
}

TEST_CASE("SIP KPI vectors: all scenarios together have their ratios") {
  Kpi sum;
  for (const auto& [name, scenario] : vectors().at("scen").as_object()) {
    TrackedCall call;
    play(name, "z9hG4bK", call);
    sum += call.tracker.total();
  }
  check(vectors().at("all").at("strict").as_object(), strict_of(sum.strict));
  check(vectors().at("all").at("collapsed").as_object(), collapsed_of(sum.collapsed));
  CHECK(*sum.collapsed.ner() == Approx(81.818).margin(0.0005));
  CHECK(sum.strict.completed == 6);
  CHECK(sum.acd.count() == 7);
  CHECK(sum.sdt_failed.count() == 1);
  CHECK(sum.sdd_success.count() == 7);  // of the partial call, too
}

namespace {

struct RegisterFlow {
  const char* why;
  std::vector<CallMessage> messages;
  std::optional<double> rrd_ms;
  bool fails;
};

CallMessage registration(std::int64_t ms, std::uint32_t cseq, int status = 0) {
  return {.time_ms = ms,
          .from_caller = status == 0,
          .status = status,
          .method = "REGISTER",
          .cseq = cseq,
          .branch = "z9hG4bKr" + std::to_string(cseq),
          .to_tag = status == 0 ? "" : "reg"};
}

std::vector<CallMessage> silent_register() {
  std::vector<CallMessage> out;
  for (const int ms : {0, 500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500}) {
    out.push_back(registration(ms, 1));
  }
  return out;
}

const std::vector<RegisterFlow>& register_flows() {
  static const std::vector<RegisterFlow> flows{
      {"RG1",
       {registration(0, 1), registration(25, 1, 401), registration(40, 2),
        registration(70, 2, 200)},
       70,
       false},
      {"RG2",
       {registration(0, 1), registration(20, 1, 401), registration(35, 2),
        registration(60, 2, 403)},
       {},
       true},
      {"RG3", silent_register(), {}, true},
      {"RG4", {registration(0, 1), registration(15, 1, 503)}, {}, true},
      {"RG5", {registration(0, 1), registration(12, 1, 200)}, 12, false},
  };
  return flows;
}

}  // namespace

TEST_CASE("SIP KPI vectors: registrations") {
  Kpi sum;
  for (const RegisterFlow& flow : register_flows()) {
    CAPTURE(flow.why);
    TrackedCall call;
    for (const CallMessage& message : flow.messages) call.feed(message);
    call.close(32'000);
    CHECK(summary_of(call.state).rrd_ms == flow.rrd_ms);
    CHECK(call.tracker.total().collapsed_registers.requests == 1);
    CHECK(call.tracker.total().collapsed_registers.failed == (flow.fails ? 1U : 0U));
    sum += call.tracker.total();
  }
  CHECK(sum.strict_registers.requests == 7);
  CHECK(*sum.strict_registers.ira() == Approx(42.857).margin(0.0005));
  CHECK(*sum.collapsed_registers.ira() == Approx(60.0));
  CHECK(*sum.rrd.mean_ms() == Approx(41.0));
  CHECK(*sum.rrd.min_ms() == Approx(12.0));
  CHECK(*sum.rrd.max_ms() == Approx(70.0));
  CHECK(sum.of(SipMethod::register_).retransmissions == 10);
}
