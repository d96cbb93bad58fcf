#include "agent/calls/seen_sessions.hpp"

#include <algorithm>
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
  out.side(sender) = {.packets = 100, .first_us = first_us, .last_us = last_us};
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

  /// Others of the same shard take all its room.
  void evict(std::int64_t now_us) {
    MediaFindings findings;
    SeenSession other;
    for (std::uint64_t call = 100; call < 200; ++call) {
      all.judge({.call_hash = call}, other, now_us, findings);
    }
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
  CHECK(look.at(caller, answered_us).empty());
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
  callee.side(MediaParty::callee).is_expected = false;
  caller.expected_us = answered_us;
  const std::int64_t late_us = answered_us + 90 * second;
  CHECK(look.at(callee, late_us - SeenSessions::settle_us).empty());
  CHECK(look.at(callee, late_us).empty());
  CHECK(look.at(caller, late_us).empty());
  caller.expected_us = answered_us + 2 * second;
  CHECK(look.at(caller, late_us) == Kinds{MediaEventKind::media_timeout});
}

TEST_CASE("a clock that is set back is followed") {
  Looks look;
  SeenSession caller = seen(MediaParty::caller, answered_us, answered_us);
  CHECK(look.at(caller, answered_us + 3590 * second).empty());
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

TEST_CASE("nothing is missing in what was made again before all have brought it again") {
  Looks look;
  SeenSession caller = seen(MediaParty::caller, answered_us, answered_us + 30 * second);
  SeenSession callee = seen(MediaParty::callee, answered_us, answered_us + 30 * second);
  const std::int64_t now_us = answered_us + 30 * second;
  CHECK(look.at(caller, now_us).empty());
  CHECK(look.at(callee, now_us).empty());
  look.evict(now_us);
  CHECK(look.at(caller, now_us + 1).empty());
  CHECK(look.at(caller, now_us + 5 * second).empty());
  CHECK(look.at(callee, now_us + 5 * second).empty());
  CHECK(look.at(caller, now_us + 10 * second).empty());
}

TEST_CASE("a call that ended is not judged before all have brought what they have seen") {
  Looks look;
  SeenSession caller = seen(MediaParty::caller, answered_us, answered_us + 2 * second);
  caller.ended_us = answered_us + 2 * second;
  const std::int64_t first_us = answered_us + 5 * second;
  CHECK(look.at(caller, first_us).empty());
  CHECK(look.at(caller, first_us + SeenSessions::settle_us - 1).empty());
  CHECK_FALSE(caller.is_judged);
  CHECK(look.at(caller, first_us + SeenSessions::settle_us) ==
        Kinds{MediaEventKind::one_way_audio});
  CHECK(caller.is_judged);
}

TEST_CASE("a call that was not answered is judged when it has ended") {
  Looks look;
  SeenSession callee = seen(MediaParty::callee, answered_us, answered_us);
  callee.answered_us.reset();
  callee.ended_us = answered_us;
  CHECK(look.at(callee, answered_us).empty());
  CHECK_FALSE(callee.is_judged);
  CHECK(look.at(callee, answered_us + SeenSessions::settle_us).empty());
  CHECK(callee.is_judged);
}

TEST_CASE("with the answer of the next call all begins anew") {
  Looks look;
  SeenSession before = seen(MediaParty::callee, answered_us, answered_us + 8 * second);
  before.side(MediaParty::caller) = before.side(MediaParty::callee);
  before.ended_us = answered_us + 8 * second;
  before.state_us = answered_us + 9 * second;
  CHECK(look.at(before, answered_us + 9 * second).empty());
  CHECK(look.at(before, answered_us + 20 * second).empty());
  CHECK(before.is_judged);
  const std::int64_t next_us = answered_us + 40 * second;
  SeenSession next = seen(MediaParty::caller, next_us, next_us + 17 * second);
  next.answered_us = next_us;
  next.state_us = next_us + second;
  CHECK(look.at(next, next_us + second).empty());
  CHECK_FALSE(next.is_judged);
  CHECK(
      look.at(before, next_us + 2 * second).empty());  // by one who has not heard of the next call
  next.state_us = next_us + 17 * second;
  CHECK(look.at(next, next_us + 17 * second) == Kinds{MediaEventKind::one_way_audio});
}

TEST_CASE("what nobody has looked at for longer than anybody keeps it is of another call") {
  Looks look;
  SeenSession both = seen(MediaParty::caller, answered_us, answered_us + second);
  both.side(MediaParty::callee) = both.side(MediaParty::caller);
  CHECK(look.at(both, answered_us + second).empty());
  const std::int64_t next_us = answered_us + 2 * second + SeenSession::forget_after_us;
  SeenSession caller = seen(MediaParty::caller, next_us, next_us + 10 * second);
  CHECK(look.at(caller, next_us).empty());
  const Kinds kinds = look.at(caller, next_us + 10 * second);
  CHECK(std::count(kinds.begin(), kinds.end(), MediaEventKind::one_way_audio) == 1);
}

TEST_CASE("sessions that were judged make room before others") {
  Looks look;
  MediaFindings findings;
  SeenSession ended = seen(MediaParty::caller, answered_us, answered_us);
  ended.ended_us = answered_us;
  const std::int64_t judged_us = answered_us + SeenSessions::settle_us;
  CHECK(look.at(ended, answered_us).empty());
  CHECK(look.at(ended, judged_us).size() == 1);
  SeenSession caller = seen(MediaParty::caller, answered_us, answered_us);
  look.all.judge({.call_hash = 1}, caller, judged_us + SeenSessions::settle_us, findings);
  CHECK(look.all.use().entries == 2);
  look.all.judge({.call_hash = 2}, caller, judged_us + SeenSessions::settle_us + 1, findings);
  CHECK(look.all.use().entries == 2);
}

TEST_CASE("all media of a call are forgotten, and no other call's") {
  SeenSessions all(640, 1);
  MediaFindings findings;
  SeenSession caller = seen(MediaParty::caller, answered_us, answered_us);
  all.judge({.call_hash = 7}, caller, answered_us, findings);
  all.judge({.call_hash = 7, .media = 31}, caller, answered_us, findings);
  all.judge({.call_hash = 8}, caller, answered_us, findings);
  all.forget(7);
  CHECK(all.use().entries == 1);
}

TEST_CASE("the last worker is told that it is") {
  SeenSessions all(1, 1);
  all.enter();
  all.enter();
  CHECK_FALSE(all.leave());
  CHECK(all.leave());
}

TEST_CASE("what comes back only behind the end does not make a call two-way") {
  SeenSession session = seen(MediaParty::caller, answered_us, answered_us + 20 * second);
  MediaFindings open, over;
  session.judge(answered_us + 15 * second, 0, open);
  CHECK(session.is_one_way);
  session.ended_us = answered_us + 20 * second;
  session.side(MediaParty::callee) = {
      .packets = 100, .first_us = answered_us + 21 * second, .last_us = answered_us + 22 * second};
  session.judge(answered_us + 25 * second, 0, over);
  CHECK(session.is_one_way);
}
