#include "agent/report/call_facts.hpp"

#include <catch2/catch.hpp>
#include <set>

#include "tests/support/reported_call.hpp"

using namespace heptap;
using namespace heptap::test;

TEST_CASE("talk time runs from the answer to the BYE") {
  ReportedCall known;
  Call call = known.call;
  CHECK(talk_time_us(call) == 65'000'000);
  call.ended_us = 0;
  CHECK(talk_time_us(call) == 65'020'000);  // no BYE seen: to the last message
  call.ended_us = call.answered_us - 1;
  CHECK(talk_time_us(call) == 0);
  call.answered_us = 0;
  CHECK(talk_time_us(call) == -1);
}

TEST_CASE("media time runs from the answer, or the first packet after it, to the last packet") {
  ReportedCall known;
  const MediaTime both = media_time(known.facts());
  CHECK(both.sdt_us == 64'800'000);
  CHECK(both.early_us == 200'000);
  known.span(MediaParty::caller).first_ns = (known.call.answered_us + 50'000) * 1000;
  const MediaTime a = media_time(known.facts(), MediaParty::caller);
  CHECK(a.sdt_us == 64'750'000);
  CHECK_FALSE(a.early_us);
  known.span(MediaParty::callee) = {};
  CHECK_FALSE(media_time(known.facts(), MediaParty::callee).sdt_us);
  known.call.answered_us = 0;
  CHECK_FALSE(media_time(known.facts()).sdt_us);
}

TEST_CASE("each event of media has a name of its own") {
  std::set<std::string_view> names;
  for (int i = 0; i < static_cast<int>(MediaEventKind::count_); ++i) {
    names.insert(to_string(static_cast<MediaEventKind>(i)));
  }
  CHECK(names.size() == static_cast<std::size_t>(MediaEventKind::count_));
  CHECK_FALSE(names.contains(""));
}
