#include "agent/report/loss_watch.hpp"

#include <catch2/catch.hpp>

using namespace heptap;

namespace {

constexpr std::int64_t start_us = 1'700'000'000'000'000;
constexpr std::int64_t second_us = 1'000'000;

/// A watch, the clock it is fed by, and what it said.
class Story {
 public:
  /// Lets a second pass.
  void feed(const std::vector<LossTotals>& totals) { feed_at(now_us + second_us, totals); }
  void feed_at(std::int64_t at_us, const std::vector<LossTotals>& totals) {
    now_us = at_us;
    watch.update(totals, now_us);
  }
  std::vector<std::string> take_said() { return std::exchange(said, {}); }

  std::int64_t now_us = start_us;
  std::vector<std::string> said;
  LossWatch watch{[this](bool is_bad, const std::string& text) {
    said.push_back((is_bad ? "bad: " : "good: ") + text);
  }};
};

LossTotals kernel(std::uint64_t dropped, const char* interface = "eth1") {
  return {.interface = interface, .kernel_dropped_packets = dropped};
}

bool has(const std::string& text, const char* part) { return text.find(part) != text.npos; }

}  // namespace

TEST_CASE("where nothing is lost nothing is said") {
  Story story;
  for (int i = 0; i < 100; ++i) story.feed({kernel(0), kernel(0, "eth2")});
  CHECK(story.said.empty());
  CHECK_FALSE(story.watch.degraded());
  CHECK_FALSE(story.watch.degraded_between(start_us, story.now_us));
}

TEST_CASE("packets are being lost as long as the totals grow") {
  Story story;
  story.feed({kernel(0)});
  story.feed({kernel(5)});
  CHECK(story.watch.degraded());
  story.feed({kernel(5)});
  CHECK_FALSE(story.watch.degraded());
  story.feed({kernel(6)});
  CHECK(story.watch.degraded());
}

TEST_CASE("what was lost before the first look counts") {
  Story story;
  story.feed({kernel(3)});
  CHECK(story.watch.degraded());
  CHECK(story.watch.degraded_between(story.now_us, story.now_us));
}

TEST_CASE("each reason has its words, and what helps") {
  struct Row {
    LossTotals totals;
    const char* text;
  };
  const auto row = GENERATE(values<Row>({
      {{.interface = "eth1", .kernel_dropped_packets = 1234}, "1,234 by the kernel"},
      {{.interface = "eth1", .kernel_dropped_packets = 1}, "interfaces[].ring"},
      {{.interface = "eth1", .kernel_dropped_packets = 1}, "interfaces[].threads"},
      {{.interface = "eth1", .interface_dropped_packets = 2}, "2 by the interface"},
      {{.interface = "eth1", .lost_at_close_packets = 3}, "3 when it went away"},
      {{.interface = "eth1", .ring_full_messages = 4}, "4 because run.ring was full"},
  }));
  CAPTURE(row.text);
  Story story;
  story.feed({row.totals});
  REQUIRE(story.said.size() == 1);
  CHECK(has(story.said[0], "bad: eth1 loses packets"));
  CHECK(has(story.said[0], row.text));
}

TEST_CASE("a loss that goes on is said once a minute, and its end once") {
  Story story;
  std::uint64_t lost = 0;
  for (int second = 0; second < 120; ++second) story.feed({kernel(lost += 10)});
  auto said = story.take_said();
  REQUIRE(said.size() == 2);
  CHECK(has(said[0], "packets; in the last second 10 by the kernel"));
  CHECK(has(said[1], "packets, 610 so far; in the last second 10 by the kernel"));
  for (int second = 0; second < 59; ++second) story.feed({kernel(lost)});
  CHECK(story.said.empty());
  CHECK(story.watch.interfaces().at(0).is_degraded);
  for (int second = 0; second < 100; ++second) story.feed({kernel(lost)});
  said = story.take_said();
  REQUIRE(said.size() == 1);
  CHECK(has(said[0], "good: eth1"));
  CHECK(has(said[0], "1,200"));
  CHECK_FALSE(story.watch.interfaces().at(0).is_degraded);
  story.feed({kernel(lost + 1)});
  CHECK(has(story.said.at(0), "packets; in the last second 1 by"));
}

TEST_CASE("losses that come and go are one story") {
  Story story;
  std::uint64_t lost = 0;
  for (std::uint64_t second = 0; second < 59; ++second) story.feed({kernel(lost += second % 2)});
  CHECK(story.said.size() == 1);
}

TEST_CASE("each interface has its own story, the workers of one have it together") {
  Story story;
  story.feed({kernel(2), kernel(3), kernel(0, "eth2")});
  REQUIRE(story.said.size() == 1);
  CHECK(has(story.said[0], "bad: eth1 loses packets; in the last second 5 "));
  const auto interfaces = story.watch.interfaces();
  REQUIRE(interfaces.size() == 2);
  CHECK(interfaces[0].interface == "eth1");
  CHECK(interfaces[0].is_degraded);
  CHECK(interfaces[1].interface == "eth2");
  CHECK_FALSE(interfaces[1].is_degraded);
  story.feed({kernel(2), kernel(3), kernel(1, "eth2")});
  CHECK(has(story.said.at(1), "bad: eth2"));
}

TEST_CASE("a total that is gone or smaller is no loss, and none when it is back") {
  Story story;
  story.feed({kernel(10)});
  story.feed({});
  CHECK_FALSE(story.watch.degraded());
  story.feed({kernel(7)});
  CHECK_FALSE(story.watch.degraded());
  story.feed({kernel(10)});
  CHECK_FALSE(story.watch.degraded());
}

TEST_CASE("packets of the time when others were lost are degraded, and no others") {
  Story story;
  for (int second = 0; second < 10; ++second) story.feed({kernel(0)});
  const std::int64_t good_us = story.now_us;
  story.feed({kernel(1)});
  const std::int64_t lost_us = story.now_us;
  for (int second = 0; second < 10; ++second) story.feed({kernel(1)});
  CHECK_FALSE(story.watch.degraded_between(start_us, good_us - 2 * second_us));
  CHECK(story.watch.degraded_between(good_us, good_us));
  CHECK(story.watch.degraded_between(lost_us, lost_us));
  CHECK(story.watch.degraded_between(start_us, story.now_us));
  CHECK_FALSE(story.watch.degraded_between(lost_us + 1, story.now_us));
}

TEST_CASE("a clock that was stepped silences nothing") {
  const std::int64_t step_us = GENERATE(-3600 * second_us, 3600 * second_us);
  CAPTURE(step_us);
  Story story;
  story.feed({kernel(1)});
  const std::int64_t before_us = story.now_us;
  story.feed_at(before_us + step_us, {kernel(2)});
  CHECK(story.said.size() == 2);
  CHECK(story.watch.degraded_between(before_us, before_us));
  CHECK(story.watch.degraded_between(story.now_us, story.now_us));
}
