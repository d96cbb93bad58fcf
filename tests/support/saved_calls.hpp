#pragma once

#include <fcntl.h>
#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "agent/state/saved_tables.hpp"
#include "tests/support/media_talk.hpp"
#include "tests/support/temp_folder.hpp"

namespace heptap::test {

struct TableOptions {
  CallLimits calls = {.max_entries = 4096, .keep_details = true};
  MediaLimits media = {.max_calls = 4096};
  KpiOptions kpi = {};
  std::shared_ptr<const Plan> plan = nullptr;
};

/// All tables of a run that are kept, and a clock that goes a second with every message.
class Tables {
 public:
  static constexpr std::int64_t second_us = 1'000'000;

  explicit Tables(const TableOptions& options = {})
      : calls(options.calls),
        media(options.media, {make_link_rule("X-CID")}),
        tracked(options.kpi,
                [this](std::uint64_t hash, const CallState&) { over.push_back(hash); }),
        plan(options.plan) {}

  void say(const Talk& talk) {
    const std::string text = text_of(talk);
    REQUIRE(parse_sip(as_bytes(text), sip_) == Errc::none);
    Packet packet;
    packet.source = ip(talk.source);
    packet.destination = ip(talk.destination);
    packet.source_port = packet.destination_port = 5060;
    packet.ip_protocol = ip_protocol_udp;
    now_us += second_us;
    const std::uint64_t hash = calls.expect(sip_);
    media.learn(hash, sip_, packet, now_us, sdp_);
    tracked.update(hash, sip_, packet, now_us);
    calls.update(hash, sip_, packet, now_us, 1);
  }
  void response(Talk talk) {
    std::swap(talk.source, talk.destination);
    say(talk);
  }
  MediaMatch rtp(const End& from, const End& to, std::uint32_t ssrc = 1) {
    return media.find_rtp(flow(from, to), ssrc, 0, now_us, text_);
  }
  void hold(const std::string& call, const std::string& suffix = {}) {
    const PlanAction& action = plan->action(0);
    scopes.add(calls.hash(call), now_us, action.name, action.decides, suffix);
  }
  [[nodiscard]] SavedTables all() {
    return {.calls = calls,
            .media = &media,
            .tracked = &tracked,
            .plan = plan.get(),
            .scopes = &scopes};
  }

  CallTable calls;
  MediaCalls media;
  TrackedCalls tracked;
  std::vector<std::uint64_t> over;  ///< that tracked has let go
  std::shared_ptr<const Plan> plan;
  PlanScopes scopes{4096, 3'600 * second_us};
  std::int64_t now_us = 1'700'000'000 * second_us;

 private:
  SipView sip_;
  SdpView sdp_;
  MediaText text_;
};

inline void ringing_call(Tables& run, const std::string& call = "call@a") {
  run.say({.start = "INVITE", .body = audio(alice), .call = call, .headers = "X-CID: leg@a\r\n"});
  run.response({.start = "180 INVITE", .call = call, .to_tag = "b"});
}
inline void answer(Tables& run, const std::string& call = "call@a") {
  run.response({.start = "200 INVITE", .body = audio(bob), .call = call, .to_tag = "b"});
  run.say({.start = "ACK", .call = call, .to_tag = "b"});
}
inline void hang_up(Tables& run, const std::string& call = "call@a") {
  run.say({.start = "BYE", .call = call, .to_tag = "b"});
  run.response({.start = "200 BYE", .call = call, .to_tag = "b"});
}

/// A file of state in a folder of its own.
class StateFile {
 public:
  [[nodiscard]] std::filesystem::path path() const { return folder_.path() / "state"; }
  [[nodiscard]] std::string content() const { return read_file(path()); }
  void put(std::string_view content) const { std::ofstream(path(), std::ios::binary) << content; }
  [[nodiscard]] SpoolFile open(int flags) const {
    SpoolFile file;
    REQUIRE_FALSE(file.open(AT_FDCWD, path().string(), flags));
    return file;
  }
  SavedCounts save(Tables& run) const {
    SpoolFile file = open(O_WRONLY | O_CREAT | O_TRUNC);
    StateFileWriter writer(file);
    const SavedCounts counts = save_tables(run.all(), writer, run.now_us);
    REQUIRE_FALSE(writer.finish());
    return counts;
  }
  [[nodiscard]] StateFault read(StateVisitor& visitor) const {
    return read_state(open(O_RDONLY), visitor);
  }
  SavedCounts restore(Tables& run) const {
    TableRestorer restorer(run.all(), run.now_us);
    REQUIRE(read(restorer) == StateFault::none);
    return restorer.counts();
  }

 private:
  TempFolder folder_;
};

/// The next run, which begins when the one before has ended.
inline void go_on(Tables& before, Tables& next, std::int64_t gap_us = 2 * Tables::second_us) {
  const StateFile file;
  file.save(before);
  next.now_us = before.now_us + gap_us;
  file.restore(next);
}

}  // namespace heptap::test
