#include "agent/calls/seen_sessions.hpp"

#include <catch2/catch.hpp>
#include <vector>

using namespace heptap;

namespace {

constexpr std::int64_t second = 1'000'000;
constexpr std::int64_t answered_us = 1'700'000'000 * second;

/// Of an audio session that was answered.
SeenSession seen(MediaParty sender, std::int64_t first_us, std::int64_t last_us) {
  SeenSession out;
  out.answered_us = answered_us;
  out.type = MediaType::audio;
  out.side(sender).media = {.packets = 100, .first_ns = first_us * 1000, .last_ns = last_us * 1000};
  return out;
}

class Looks {
 public:
  /// gives     what one look of a worker finds
  std::vector<MediaEventKind> at(SeenSession& session, std::int64_t now_us) {
    MediaFindings findings;
    all.judge({.call_hash = 7}, session, now_us, findings);
    std::vector<MediaEventKind> kinds;
    for (const MediaFinding& finding : findings) kinds.push_back(finding.kind);
    return kinds;
  }

  SeenSessions all{1, 1};
};

using Kinds = std::vector<MediaEventKind>;

}  // namespace

TEST_CASE("what has come to pass for one worker is not undone by one that is behind") {
  Looks look;
  SeenSession caller = seen(MediaParty::caller, answered_us, answered_us + 80 * second);
  SeenSession callee = seen(MediaParty::callee, answered_us, answered_us);
  const std::int64_t limit_us = answered_us + 60 * second + SeenSessions::settle_us;
  CHECK(look.at(callee, answered_us).empty());
  CHECK(look.at(caller, limit_us + second) == Kinds{MediaEventKind::media_timeout});
  CHECK(look.at(callee, limit_us - second).empty());
  CHECK(look.at(caller, limit_us + 5 * second).empty());
}

TEST_CASE("what is missing is told when every worker has had the time to bring it") {
  Looks look;
  SeenSession caller = seen(MediaParty::caller, answered_us, answered_us + 80 * second);
  const std::int64_t limit_us = answered_us + 10 * second + SeenSessions::settle_us;
  CHECK(look.at(caller, limit_us - 1).empty());
  CHECK_FALSE(caller.is_one_way);
  CHECK(look.at(caller, limit_us) == Kinds{MediaEventKind::one_way_audio});
  CHECK(caller.is_one_way);
  SeenSession callee = seen(MediaParty::callee, answered_us, limit_us);
  CHECK(look.at(callee, limit_us + second) == Kinds{MediaEventKind::two_way_audio});
  CHECK_FALSE(callee.is_one_way);
}

TEST_CASE("who has asked SDP last knows which direction is expected") {
  Looks look;
  SeenSession caller = seen(MediaParty::caller, answered_us, answered_us + 80 * second);
  SeenSession callee = seen(MediaParty::callee, answered_us, answered_us);
  callee.side(MediaParty::caller) = caller.side(MediaParty::caller);
  callee.expected_us = answered_us + second;
  callee.side(MediaParty::callee).media.is_expected = false;
  caller.expected_us = answered_us;
  const std::int64_t late_us = answered_us + 90 * second;
  CHECK(look.at(callee, late_us).empty());
  CHECK(look.at(caller, late_us).empty());
  caller.expected_us = answered_us + 2 * second;
  CHECK(look.at(caller, late_us) == Kinds{MediaEventKind::media_timeout});
}

TEST_CASE("a clock that is set back is followed") {
  Looks look;
  SeenSession caller = seen(MediaParty::caller, answered_us, answered_us);
  CHECK(look.at(caller, answered_us + 3600 * second).size() == 3);
  CHECK(look.at(caller, answered_us + 8 * second).empty());
  CHECK(caller.is_one_way);  // was told, and nothing else since
}

TEST_CASE("the session that nobody has looked at for longest makes room") {
  SeenSessions all(1, 1);
  const TableUse use = all.use();
  MediaFindings findings;
  SeenSession caller = seen(MediaParty::caller, answered_us, answered_us);
  for (std::uint64_t call = 1; call <= 2 * use.max_entries; ++call) {
    all.judge({.call_hash = call << 58U}, caller, answered_us, findings);
    all.judge({.call_hash = 1 + (call << 58U) + (call << 20U)}, caller, answered_us, findings);
  }
  CHECK(all.use().entries == use.max_entries);
  CHECK(all.use().memory_bytes == use.memory_bytes);
}

TEST_CASE("sessions that nobody looks at are forgotten, and what is left is taken once") {
  Looks look;
  MediaFindings findings;
  SeenSession caller = seen(MediaParty::caller, answered_us, answered_us);
  look.all.judge({.call_hash = 1}, caller, answered_us, findings);
  look.all.judge({.call_hash = 2}, caller, answered_us + 100 * second, findings);
  CHECK(look.all.use().entries == 1);
  const auto left = look.all.take();
  REQUIRE(left);
  CHECK(left->key.call_hash == 2);
  CHECK(left->last_us == answered_us + 100 * second);
  CHECK_FALSE(look.all.take());
}

TEST_CASE("the last worker is told that it is") {
  SeenSessions all(1, 1);
  all.enter();
  all.enter();
  CHECK_FALSE(all.leave());
  CHECK(all.leave());
}
