// Several workers that follow the RTP of the same calls: what comes to pass is told as if there were one.
#include <algorithm>
#include <barrier>
#include <catch2/catch.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "agent/calls/seen_sessions.hpp"
#include "agent/pipeline/rtp_streams.hpp"
#include "tests/unit/agent/pipeline/rtp_scene.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

constexpr int per_second = 50;
constexpr std::int64_t second = RtpScene::second;
constexpr std::int64_t packet_us = second / per_second;

PipelineOptions options_of(SeenSessions* all) {
  PipelineOptions options;
  options.rtp = RtpOptions{.all_sessions = all};
  return options;
}

Frame frame_of(const Talk& talk) { return ethernet(ipv4(udp(text(text_of(talk))))); }

Frame nothing() { return ethernet(ipv4(udp(text("\r\n\r\n")))); }

/// What the caller sends, and SIP, is for the first worker; what the callee sends for the last, who may
/// be behind.
class Workers {
 public:
  Workers(std::size_t count, std::int64_t lag_us) : lag_us_(lag_us) {
    SeenSessions* const all = count > 1 ? &sessions_ : nullptr;
    while (taps_.size() < count) {
      taps_.push_back(std::make_unique<PipelineTap>(options_of(all), &media_, &heard_, &tracked_));
    }
  }

  void invite(const std::string& callees_lines = "", const std::string& callers_lines = "") {
    say({.start = "INVITE", .body = RtpScene::sdp(false, "0", callers_lines)});
    say({.start = "200 INVITE", .body = RtpScene::sdp(true, "0", callees_lines), .to_tag = "b"});
    say({.start = "ACK", .to_tag = "b"});
  }
  void bye() {
    say({.start = "BYE", .to_tag = "b"});
    say({.start = "200 BYE", .to_tag = "b"});
  }
  /// What is said from now on is of the next call of the same Call-ID.
  void begin_next_call() { ++call_; }
  void talk(const std::vector<Sender*>& senders, int packets) {
    for (int i = 0; i < packets; ++i) {
      for (Sender* sender : senders) give(sender->is_callee ? last() : 0, sender->next());
      pass(packet_us);
    }
  }
  void wait(int seconds) {
    for (int i = 0; i < seconds; ++i) {
      pass(second);
      for (std::size_t to = 0; to < taps_.size(); ++to) give(to, nothing());
    }
  }
  void finish() {
    lag_us_ = 0;
    pass(0);
    for (const auto& tap : taps_) tap->finish();
  }

  /// "one_way_audio of caller", in the order of letters.
  [[nodiscard]] std::vector<std::string> events() const {
    std::vector<std::string> out;
    for (const Heard::Event& one : heard_.events) {
      const bool is_callers = one.sender == MediaParty::caller;
      out.push_back(std::string(to_string(one.kind)) + (is_callers ? " of caller" : " of callee"));
      CHECK(one.call_id == "call@a");
    }
    std::sort(out.begin(), out.end());
    return out;
  }
  [[nodiscard]] const Heard& heard() const { return heard_; }
  [[nodiscard]] const PipelineTap& first() const { return *taps_.front(); }
  [[nodiscard]] std::size_t entries() const { return sessions_.use().entries; }

 private:
  struct Waiting {
    Frame frame;
    std::int64_t time_us;
  };

  [[nodiscard]] std::size_t last() const { return taps_.size() - 1; }
  void say(Talk talk) {
    const std::string method = talk.start.substr(talk.start.find(' ') + 1);
    const std::string call = std::to_string(call_);
    talk.from_tag += call;
    talk.headers = "Via: SIP/2.0/UDP 192.0.2.10;branch=z9hG4bK" + method + call + "\r\n";
    give(0, frame_of(talk));
    pass(packet_us / 2);
  }
  void give(std::size_t to, const Frame& frame) {
    if (to == 0) return taps_[0]->handle(frame, now_us_);
    waiting_.push_back({frame, now_us_});
    pass(0);
  }
  void pass(std::int64_t us) {
    now_us_ += us;
    // A worker without packets has a clock, too.
    if (waiting_.empty() && taps_.size() > 1) {
      taps_.back()->pipeline().pass_until(capture_start_us + now_us_ - second);
    }
    for (; !waiting_.empty() && waiting_.front().time_us + lag_us_ <= now_us_;
         waiting_.pop_front()) {
      taps_.back()->handle(waiting_.front().frame, waiting_.front().time_us);
    }
  }

  MediaCalls media_{{.max_calls = 64, .shared = true}};
  TrackedCalls tracked_{{}};
  Heard heard_;
  SeenSessions sessions_{64, 1};
  std::vector<std::unique_ptr<PipelineTap>> taps_;
  std::deque<Waiting> waiting_;
  std::int64_t lag_us_;
  std::int64_t now_us_ = 0;
  int call_ = 1;
};

/// For several threads.
class HeardByAll : public Heard {
 public:
  void on_stream(const StreamReport& report) noexcept override {
    const std::lock_guard lock(mutex_);
    Heard::on_stream(report);
  }
  void on_event(const MediaEventReport& event) noexcept override {
    const std::lock_guard lock(mutex_);
    Heard::on_event(event);
  }
  void on_media(std::uint64_t call_hash, std::int64_t time_us) noexcept override {
    const std::lock_guard lock(mutex_);
    Heard::on_media(call_hash, time_us);
  }

 private:
  std::mutex mutex_;
};

struct Story {
  std::string name;
  std::function<void(Workers&, Sender&, Sender&)> tell;
  std::vector<std::string> events;
};

const std::vector<Story> stories{
    {"both talk",
     [](Workers& w, Sender& from_caller, Sender& from_callee) {
       w.invite();
       w.talk({&from_caller, &from_callee}, 90 * per_second);
       w.bye();
       w.wait(20);
     },
     {}},
    {"a short call",
     [](Workers& w, Sender& from_caller, Sender& from_callee) {
       w.invite();
       w.talk({&from_caller, &from_callee}, 2 * per_second);
       w.bye();
       w.wait(20);
     },
     {}},
    {"a call that ended just now",
     [](Workers& w, Sender& from_caller, Sender& from_callee) {
       w.invite();
       w.talk({&from_caller, &from_callee}, 2 * per_second);
       w.bye();
     },
     {}},
    {"only the caller talks",
     [](Workers& w, Sender& from_caller, Sender&) {
       w.invite();
       w.talk({&from_caller}, 30 * per_second);
       w.bye();
       w.wait(20);
     },
     {"one_way_audio of caller"}},
    {"only the callee talks, in a call that ended just now",
     [](Workers& w, Sender&, Sender& from_callee) {
       w.invite();
       w.talk({&from_callee}, 3 * per_second);
       w.bye();
     },
     {"one_way_audio of callee"}},
    {"the caller may not be heard",
     [](Workers& w, Sender&, Sender& from_callee) {
       w.invite("a=sendonly\r\n", "a=recvonly\r\n");
       w.talk({&from_callee}, 80 * per_second);
     },
     {}},
    {"the callee falls silent, and comes back",
     [](Workers& w, Sender& from_caller, Sender& from_callee) {
       w.invite();
       w.talk({&from_caller, &from_callee}, 3 * per_second);
       w.talk({&from_caller}, 90 * per_second);
       w.talk({&from_caller, &from_callee}, 12 * per_second);
     },
     {"media_timeout of callee"}},
    {"the callee falls silent because it is put on hold",
     [](Workers& w, Sender& from_caller, Sender& from_callee) {
       w.invite();
       w.talk({&from_caller, &from_callee}, 20 * per_second);
       w.invite("a=recvonly\r\n", "a=sendonly\r\n");
       w.talk({&from_caller}, 90 * per_second);
     },
     {}},
    {"media begin late",
     [](Workers& w, Sender& from_caller, Sender& from_callee) {
       w.invite();
       w.wait(3);
       w.talk({&from_caller, &from_callee}, 15 * per_second);
     },
     {"late_media of callee", "late_media of caller"}},
    {"the callee goes on after BYE",
     [](Workers& w, Sender& from_caller, Sender& from_callee) {
       w.invite();
       w.talk({&from_caller, &from_callee}, 6 * per_second);
       w.bye();
       w.talk({&from_callee}, 8 * per_second);
     },
     {"media_after_bye of callee"}},
    {"a few packets of both are no audio",
     [](Workers& w, Sender& from_caller, Sender& from_callee) {
       w.invite();
       w.talk({&from_caller, &from_callee}, 3);
       w.bye();
       w.wait(20);
     },
     {"no_audio of caller"}},
    {"the callee has another source before anybody has looked",
     [](Workers& w, Sender& from_caller, Sender& from_callee) {
       w.invite();
       w.talk({&from_caller, &from_callee}, 4 * per_second);
       from_callee.ssrc = 9;
       w.talk({&from_caller, &from_callee}, 4 * per_second);
     },
     {"ssrc_changed of callee"}},
    {"a Call-ID is used again when no worker has the session, and only the caller talks",
     [](Workers& w, Sender& from_caller, Sender& from_callee) {
       w.invite();
       w.talk({&from_caller, &from_callee}, 6 * per_second);
       w.bye();
       w.wait(20);
       w.begin_next_call();
       w.invite();
       w.talk({&from_caller}, 30 * per_second);
       w.bye();
       w.wait(20);
     },
     {"one_way_audio of caller"}},
    {"a Call-ID is used again at once, and only the caller talks",
     [](Workers& w, Sender& from_caller, Sender& from_callee) {
       w.invite();
       w.talk({&from_caller, &from_callee}, 6 * per_second);
       w.bye();
       w.wait(1);
       w.begin_next_call();
       w.invite();
       w.talk({&from_caller}, 60 * per_second);
       w.bye();
       w.wait(20);
     },
     {"one_way_audio of caller"}},
    {"a Call-ID is used again, and both talk now",
     [](Workers& w, Sender& from_caller, Sender& from_callee) {
       w.invite();
       w.talk({&from_caller}, 30 * per_second);
       w.bye();
       w.wait(1);
       w.begin_next_call();
       w.invite();
       w.talk({&from_caller, &from_callee}, 30 * per_second);
       w.bye();
       w.wait(20);
     },
     {"one_way_audio of caller"}},
    {"an older source of the callee is silent when its Call-ID is used again",
     [](Workers& w, Sender& from_caller, Sender& from_callee) {
       w.invite();
       w.talk({&from_caller, &from_callee}, 4 * per_second);
       from_callee.ssrc = 9;
       w.talk({&from_caller, &from_callee}, 4 * per_second);
       w.bye();
       w.wait(1);
       w.begin_next_call();
       w.invite();
       w.talk({&from_caller}, 60 * per_second);
     },
     {"one_way_audio of caller", "ssrc_changed of callee"}},
};

}  // namespace

TEST_CASE("what comes to pass is the same for one worker and for two with a direction each") {
  const Story& story = stories.at(GENERATE(range(std::size_t{0}, stories.size())));
  const auto [count, lag_us] =
      GENERATE(table<std::size_t, std::int64_t>({{1, 0}, {2, 0}, {2, second}}));
  CAPTURE(story.name, count, lag_us);
  Workers workers(count, lag_us);
  Sender from_caller, from_callee = callee_of(from_caller);
  story.tell(workers, from_caller, from_callee);
  workers.finish();
  CHECK(workers.events() == story.events);
  CHECK(workers.entries() == 0);
}

TEST_CASE("what is one-way for all workers is in the reports of each") {
  Workers workers(2, 0);
  Sender from_caller, from_callee = callee_of(from_caller);
  workers.invite();
  workers.talk({&from_caller}, 30 * per_second);
  workers.finish();
  CHECK_THAT(workers.first().texts.back(), Catch::Contains("\"ONE_WAY_RTP\":1"));
}

TEST_CASE("the last reports of a short call know what all workers have seen of it") {
  const bool is_one_way = GENERATE(true, false);
  Workers workers(2, 0);
  Sender from_caller, from_callee = callee_of(from_caller);
  workers.invite();
  std::vector<Sender*> senders{&from_caller};
  if (!is_one_way) senders.push_back(&from_callee);
  workers.talk(senders, 3 * per_second);
  workers.bye();
  workers.wait(20);
  const auto& sent = workers.first().texts;
  REQUIRE(sent.size() >= 2);
  CHECK_THAT(sent[sent.size() - 2], Catch::Contains("\"TYPE\":\"HANGUP\""));
  CHECK_THAT(sent.back(), Catch::Contains("\"TYPE\":\"FINAL\""));
  CHECK_THAT(sent.back(), Catch::Contains(is_one_way ? "\"ONE_WAY_RTP\":1" : "\"ONE_WAY_RTP\":0"));
  workers.finish();
  CHECK(workers.first().texts.size() == sent.size());
}

TEST_CASE("what is not one-way for all workers is not in the reports of any") {
  Workers workers(2, 0);
  Sender from_caller, from_callee = callee_of(from_caller);
  workers.invite();
  workers.talk({&from_caller, &from_callee}, 30 * per_second);
  workers.finish();
  CHECK(workers.heard().finals().size() == 2);
  CHECK_THAT(workers.first().texts.back(), Catch::Contains("\"ONE_WAY_RTP\":0"));
}

TEST_CASE(
    "all sources of a call end when its Call-ID is used again, and not too many are reported") {
  constexpr std::uint32_t sources = 70;
  Workers workers(1, 0);
  workers.invite();
  for (std::uint32_t ssrc = 1; ssrc <= sources; ++ssrc) {
    Sender from_caller{.ssrc = ssrc};
    workers.talk({&from_caller}, 3);
  }
  workers.bye();
  workers.wait(1);
  workers.begin_next_call();
  workers.invite();
  CHECK(workers.heard().finals().size() == 64);
  CHECK_THAT(workers.first().lines("rtp_reports"), Catch::Contains("-call_over:6"));
  CHECK_THAT(workers.first().lines("rtp"), Catch::Contains("streams_ended:70"));
}

TEST_CASE("workers on threads of their own tell each thing once") {
  constexpr int seconds = 90;
  MediaCalls media({.max_calls = 64, .shared = true});
  HeardByAll heard;
  SeenSessions sessions(64, 1);
  PipelineTap first(options_of(&sessions), &media, &heard);
  PipelineTap last(options_of(&sessions), &media, &heard);
  std::int64_t start_us = 0;
  for (const Talk& talk : {Talk{.start = "INVITE", .body = RtpScene::sdp(false)},
                           Talk{.start = "200 INVITE", .body = RtpScene::sdp(true), .to_tag = "b"},
                           Talk{.start = "ACK", .to_tag = "b"}}) {
    first.pass(frame_of(talk), start_us += packet_us);
  }
  // The callee is silent from the tenth second on.
  std::barrier each_second(2);
  const auto run = [&](PipelineTap& tap, Sender sender, int until_second) {
    for (int i = 0; i < seconds * per_second; ++i) {
      const bool talks = i < until_second * per_second;
      if (talks || i % per_second == 0) {
        tap.pass(talks ? sender.next() : nothing(), start_us + i * packet_us);
      }
      if (i % per_second != 0) continue;
      tap.forget_sent();
      each_second.arrive_and_wait();
    }
    tap.pipeline().finish();
  };
  std::thread other([&] { run(last, callee_of(Sender{}), 10); });
  run(first, Sender{}, seconds);
  other.join();
  REQUIRE(heard.events.size() == 1);
  CHECK(heard.events[0].kind == MediaEventKind::media_timeout);
  CHECK(heard.events[0].sender == MediaParty::callee);
  CHECK(heard.finals().size() == 2);
}
