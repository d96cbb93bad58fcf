#include "tests/bench/sip_call.hpp"

#include <catch2/catch.hpp>
#include <set>
#include <string>

#include "proto/bytes.hpp"
#include "proto/sip/message.hpp"

using namespace heptap;
using heptap::bench::SipCall;
using heptap::bench::Step;

namespace {

std::string message(const SipCall& call, unsigned step) {
  std::string text;
  call.append_message(static_cast<Step>(step), text);
  return text;
}

}  // namespace

TEST_CASE("every message of a call is SIP without a flaw, of the promised size") {
  SipView sip;
  for (std::uint64_t number = 0; number < 500; ++number) {
    const SipCall call(1, number);
    for (unsigned step = 0; step < bench::messages_per_call; ++step) {
      const std::string text = message(call, step);
      CAPTURE(text);
      CHECK(text.size() >= bench::min_message_bytes);
      CHECK(text.size() <= bench::max_message_bytes);
      REQUIRE(parse_sip(as_bytes(text), sip) == Errc::none);
      CHECK(sip.trailing().empty());
      CHECK(sip.first(HeaderId::content_length) == std::to_string(sip.body().size()));
      CHECK(sip.is_request() == bench::from_caller(static_cast<Step>(step)));
    }
  }
}

TEST_CASE("calls have Call-IDs of their own, the messages of one call share it") {
  std::set<std::string> seen;
  SipView sip;
  for (std::uint64_t number = 0; number < 1000; ++number) {
    const SipCall call(1, number);
    std::set<std::string> of_call;
    for (unsigned step = 0; step < bench::messages_per_call; ++step) {
      const std::string text = message(call, step);
      REQUIRE(parse_sip(as_bytes(text), sip) == Errc::none);
      of_call.insert(std::string(sip.call_id()));
    }
    CHECK(of_call.size() == 1);
    CHECK(seen.insert(*of_call.begin()).second);
  }
}
