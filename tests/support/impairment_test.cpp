#include "tests/support/impairment.hpp"

#include <catch2/catch.hpp>
#include <vector>

using namespace heptap::test;

namespace {

constexpr std::int64_t frame_us = 20'000;
constexpr std::size_t frame_bytes = 172;

/// The fates of `count` packets, one every 20 ms.
std::vector<Fate> talk(Impairment& path, std::size_t count) {
  std::vector<Fate> fates;
  for (std::size_t i = 0; i < count; ++i) {
    fates.push_back(path.decide(static_cast<std::int64_t>(i) * frame_us, frame_bytes));
  }
  return fates;
}

std::int64_t delay_us(const std::vector<Fate>& fates, std::size_t i) {
  return fates[i].leave_us - static_cast<std::int64_t>(i) * frame_us;
}

std::uint64_t copies(const std::vector<Fate>& fates) {
  std::uint64_t sum = 0;
  for (const Fate& fate : fates) sum += fate.copies;
  return sum;
}

}  // namespace

TEST_CASE("a path without impairments changes nothing") {
  Impairment path({});
  const auto fates = talk(path, 100);
  for (std::size_t i = 0; i < fates.size(); ++i) CHECK(delay_us(fates, i) == 0);
  CHECK(path.counts().passed == 100);
  CHECK(path.counts().max_delay_us == 0);
}

TEST_CASE("the account of a path adds up") {
  ImpairmentOptions options;
  options.drop = 0.1;
  options.duplicate = 0.1;
  options.reorder = 0.1;
  options.reorder_us = 50'000;
  options.bytes_per_second = 8'000;  // less than the 8'600 that come
  options.queue_us = 100'000;
  Impairment path(options);
  const auto fates = talk(path, 10'000);
  const ImpairmentCounts& counts = path.counts();
  CHECK(counts.received == 10'000);
  CHECK(counts.received + counts.duplicated == counts.dropped + counts.overflowed + counts.passed);
  CHECK(copies(fates) == counts.passed);
  for (const std::uint64_t count : {counts.dropped, counts.duplicated, counts.reordered}) {
    CHECK(count > 700);
    CHECK(count < 1'300);
  }
}

TEST_CASE("what is dropped depends on the seed, and on no other impairment") {
  ImpairmentOptions options;
  options.drop = 0.2;
  Impairment path(options);
  options.duplicate = 0.5;
  options.jitter_us = 70'000;
  Impairment other(options);
  options.seed = 2;
  Impairment reseeded(options);
  const auto one = talk(path, 500);
  const auto two = talk(other, 500);
  const auto three = talk(reseeded, 500);
  bool is_other = false;
  for (std::size_t i = 0; i < one.size(); ++i) {
    CHECK((one[i].copies == 0) == (two[i].copies == 0));
    is_other = is_other || (one[i].copies == 0) != (three[i].copies == 0);
  }
  CHECK(is_other);
}

TEST_CASE("losses before the first and behind the last packet are not inside") {
  ImpairmentOptions options;
  options.drop = 0.5;
  Impairment path(options);
  const auto fates = talk(path, 200);
  std::size_t first = 0;
  while (fates[first].copies == 0) ++first;
  std::size_t last = fates.size() - 1;
  while (fates[last].copies == 0) --last;
  const std::uint64_t outside = first + fates.size() - 1 - last;
  CHECK(outside > 0);
  CHECK(path.counts().dropped_inside == path.counts().dropped - outside);
}

TEST_CASE("jitter lies between the delay and its limit, and keeps the order") {
  ImpairmentOptions options;
  options.delay_us = 30'000;
  options.jitter_us = 60'000;
  Impairment path(options);
  const auto fates = talk(path, 1'000);
  for (std::size_t i = 1; i < fates.size(); ++i) {
    CHECK(delay_us(fates, i) >= 30'000);
    CHECK(delay_us(fates, i) <= 90'000);
    CHECK(fates[i].leave_us >= fates[i - 1].leave_us);
  }
}

TEST_CASE("others overtake what is reordered, and nothing waits for it") {
  ImpairmentOptions options;
  options.reorder = 0.1;
  options.reorder_us = 50'000;
  Impairment path(options);
  const auto fates = talk(path, 1'000);
  std::uint64_t late = 0;
  for (std::size_t i = 0; i < fates.size(); ++i) {
    if (delay_us(fates, i) == 0) continue;
    CHECK(delay_us(fates, i) == 50'000);
    ++late;
  }
  CHECK(late == path.counts().reordered);
  CHECK(late > 0);
}

TEST_CASE("a throttled line sends one packet after the other, and loses what waits too long") {
  ImpairmentOptions options;
  options.bytes_per_second = 4'300;  // half of what comes
  options.queue_us = 200'000;
  Impairment path(options);
  const auto fates = talk(path, 1'000);
  CHECK(path.counts().overflowed > 450);
  CHECK(path.counts().overflowed < 500);
  CHECK(path.counts().max_delay_us <= 200'000 + 2 * frame_us);
  CHECK(delay_us(fates, 0) == 2 * frame_us);
}

TEST_CASE("nothing leaves during a stall, and everything behind it") {
  ImpairmentOptions options;
  options.stall_after_us = 1'000'000;
  options.stall_us = 500'000;
  Impairment path(options);
  const auto fates = talk(path, 200);
  CHECK(path.counts().passed == 200);
  CHECK(path.counts().max_delay_us == 500'000);
  for (const Fate& fate : fates) {
    CHECK((fate.leave_us < 1'000'000 || fate.leave_us >= 1'500'000));
  }
}
