// What SctpMessages keeps, and lets go of.
#include <algorithm>
#include <numeric>

#include "proto/net/sctp_messages.hpp"
#include "tests/support/test_random.hpp"
#include "tests/unit/proto/net/sctp_tap.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

constexpr SctpLimits small{.max_bytes = 1 << 17,
                           .max_associations = 4,
                           .max_message_bytes = 1 << 12,
                           .max_age_us = 1'000'000,
                           .seed = 1};

/// Messages of one association, cut into chunks.
class Association {
 public:
  Association(std::uint32_t first_tsn, std::uint16_t port) : tsn_(first_tsn), port_(port) {}

  void add(const std::string& message, std::size_t fragments) {
    const std::size_t size = (message.size() + fragments - 1) / fragments;
    for (std::size_t at = 0; at < message.size(); at += size) {
      const bool is_last = at + size >= message.size();
      const auto flags = static_cast<std::uint8_t>((at == 0 ? first : 0U) | (is_last ? last : 0U));
      chunks_.push_back(data_chunk(tsn_++, message.substr(at, size), flags, port_ % 3));
    }
  }

  [[nodiscard]] std::vector<Frame>& chunks() { return chunks_; }
  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  std::vector<Frame> chunks_;
  std::uint32_t tsn_;
  std::uint16_t port_;
};

}  // namespace

TEST_CASE("a message above the limit is dropped, and the next one comes") {
  SctpTap tap(small);
  const std::string half(small.max_message_bytes / 2, 'h');
  const bool is_over = GENERATE(true, false);
  tap.take(data_chunk(1, half, first));
  CHECK(tap.take(data_chunk(2, half + (is_over ? "x" : ""), last)) == (is_over ? 0U : 1U));
  CHECK(tap.counts().over_limit == (is_over ? small.max_message_bytes + 1 : 0));
  CHECK(tap.take(data_chunk(3, "next")) == 1);
  CHECK(tap.counts().held == 0);
}

TEST_CASE("an association grows old by silence") {
  SctpTap tap(small);
  tap.take(data_chunk(1, "one", first), 1000, 0);
  tap.take(data_chunk(1, "two", first), 1001, small.max_age_us);
  tap.take(data_chunk(9, "x"), 1002, small.max_age_us + 1);
  CHECK(tap.counts().evicted == 3);
  CHECK(tap.take(data_chunk(2, "one", last), 1000, small.max_age_us + 2) == 0);
  CHECK(tap.take(data_chunk(2, "two", last), 1001, small.max_age_us + 2) == 1);
}

TEST_CASE("when the clock goes back, associations seen later are forgotten, and no others") {
  SctpTap tap(small);
  tap.take(data_chunk(1, "one", first), 1000, 0);
  tap.take(data_chunk(1, "two", first), 1001, 50);
  tap.take(data_chunk(1, "three", first), 1002, 100);
  CHECK(tap.take(data_chunk(2, "three", last), 1002, 50) == 0);
  CHECK(tap.counts().evicted == 5);
  CHECK(tap.take(data_chunk(2, "one", last), 1000, 50) == 1);
  CHECK(tap.take(data_chunk(2, "two", last), 1001, 50) == 1);
}

TEST_CASE("the association that was silent longest makes room for another") {
  SctpTap tap(small);
  for (const std::uint16_t port : std::vector<std::uint16_t>{1, 2, 3, 4}) {
    tap.take(data_chunk(1, "a", first), port, port);
  }
  tap.take(data_chunk(9, "whole"), 1, 5);
  tap.take(data_chunk(9, "whole"), 5, 6);  // 2 goes
  CHECK(tap.counts().evicted == 1);
  CHECK(tap.take(data_chunk(2, "b", last), 1, 7) == 1);
  CHECK(tap.take(data_chunk(2, "b", last), 3, 7) == 1);
  CHECK(tap.take(data_chunk(2, "b", last), 2, 7) == 0);
}

TEST_CASE("fragments without end take no more than they may, and good ones come between them") {
  SctpTap tap(small);
  const std::string filling(1000, 'f');
  for (std::uint32_t i = 0; i < 1000; ++i) {
    tap.take(data_chunk(2 * i + 1, filling, first), 1);
    REQUIRE(tap.counts().held <= small.max_bytes);
    if (i % 10 != 0) continue;
    tap.take(data_chunk(i + 1, "good ", first), 2);
    tap.take(data_chunk(i + 2, "one", last), 2);
  }
  CHECK(tap.messages == Messages(100, "good one"));
  CHECK(tap.counts().evicted != 0);
}

TEST_CASE("of messages with gaps between them, the 32 with the highest TSNs are kept") {
  SctpTap tap;
  const auto begin = [](std::uint32_t n) { return data_chunk(2 * n, "a", first); };
  const auto end = [](std::uint32_t n) { return data_chunk(2 * n + 1, "b", last); };
  std::vector<std::uint32_t> order(40);
  std::iota(order.begin(), order.end(), 0U);
  if (GENERATE(false, true)) std::reverse(order.begin(), order.end());
  for (const std::uint32_t n : order) CHECK(tap.take(begin(n)) == 0);
  CHECK(tap.counts().held == 32);
  CHECK(tap.counts().evicted == 8);
  for (std::uint32_t n = 8; n < 40; ++n) CHECK(tap.take(end(n)) == 1);
  for (std::uint32_t n = 0; n < 8; ++n) CHECK(tap.take(end(n)) == 0);
}

TEST_CASE("a fragment that closes a gap pushes out nothing") {
  SctpTap tap;
  for (std::uint32_t n = 0; n < 32; ++n) {
    tap.take(data_chunk(2 * n, "a", n == 0 ? first : n == 31 ? last : middle));
  }
  for (std::uint32_t n = 0; n < 31; ++n) {
    CHECK(tap.take(data_chunk(2 * n + 1, "b", middle)) == (n == 30 ? 1U : 0U));
  }
  CHECK(tap.counts().evicted == 0);
}

TEST_CASE("a message as long as may be comes out, whatever part of it comes late") {
  struct Row {
    const char* why;
    void (*disorder)(std::vector<Frame>&);
  };
  const auto row = GENERATE(values<Row>({
      {"none", [](auto&) {}},
      {"the first", [](auto& all) { std::rotate(all.begin(), all.begin() + 1, all.end()); }},
      {"one of the middle", [](auto& all) { std::swap(all[300], all.back()); }},
      {"each after the one behind it", [](auto& all) { std::reverse(all.begin(), all.end()); }},
      {"each of sixty, by chance",
       [](auto& all) {
         auto random = test_random();
         for (auto at = all.begin(); all.end() - at >= 60; at += 60) {
           std::shuffle(at, at + 60, random);
         }
       }},
  }));
  CAPTURE(row.why);
  const std::string message(SctpLimits{}.max_message_bytes, 'm');
  Association association(0xffffff00, 5060);
  association.add(message, message.size() / 1452);
  row.disorder(association.chunks());
  SctpTap tap;
  for (const Frame& chunk : association.chunks()) tap.take(chunk);
  CHECK(tap.messages == Messages{message});
  CHECK(tap.counts().held == 0);
}

TEST_CASE("whole messages push out no fragments") {
  SctpTap tap(small);
  const std::string filling(1000, 'f');
  for (std::uint32_t tsn = 1; tap.counts().held + 3000 < small.max_bytes; ++tsn) {
    tap.take(data_chunk(tsn, filling, tsn == 1 ? first : middle), 1);
  }
  for (std::uint32_t i = 0; i < 1000; ++i) tap.take(data_chunk(i, filling), 2);
  CHECK(tap.messages.size() == 1000);
  CHECK(tap.counts().evicted == 0);
}

TEST_CASE("a fragment whose message was lost is not taken for one with a number like it") {
  SctpTap tap;
  const std::uint32_t tsn = GENERATE(7U, 0xfffffff0U);
  const std::uint32_t later = GENERATE(1U << 13U, 1U << 14U, 1U << 15U, 1U << 16U, 1U << 17U);
  CAPTURE(tsn, later);
  tap.take(data_chunk(tsn, "old and lost ", first));
  for (std::uint32_t i = 2; i < later; ++i) tap.take(data_chunk(tsn + i, "m"));
  CHECK(tap.take(data_chunk(tsn + later, "new and ", first)) == 0);
  CHECK(tap.take(data_chunk(tsn + later + 1, "whole", last)) == 1);
  CHECK(tap.messages.back() == "new and whole");
}

TEST_CASE("messages cut, bundled, disordered and sent twice come out once each") {
  auto random = test_random();
  for (int round = 0; round < 200; ++round) {
    SctpTap tap;
    std::vector<Association> associations;
    Messages want;
    for (std::uint16_t port = 1; port <= 3; ++port) {
      Association association(static_cast<std::uint32_t>(random()), port);
      for (int i = 0; i < 20; ++i) {
        want.push_back(std::to_string(port) + ":" + std::to_string(i) +
                       std::string(below(random, 30), 'm'));
        association.add(want.back(), 1 + below(random, 4));
      }
      auto& chunks = association.chunks();
      const std::size_t count = chunks.size();
      for (std::size_t i = 0; i < count; i += 5) chunks.push_back(chunks[i]);
      // Never further from its place than the tap remembers.
      for (std::size_t i = 0; i + 8 < count; i += 4) {
        std::shuffle(chunks.begin() + static_cast<std::ptrdiff_t>(i),
                     chunks.begin() + static_cast<std::ptrdiff_t>(i + 8), random);
      }
      associations.push_back(std::move(association));
    }
    while (!associations.empty()) {
      const std::size_t which = below(random, associations.size());
      auto& chunks = associations[which].chunks();
      Frame packet;
      for (std::size_t n = 1 + below(random, 3); n > 0 && !chunks.empty(); --n) {
        packet = joined(std::move(packet), chunks.front());
        chunks.erase(chunks.begin());
      }
      tap.take(packet, associations[which].port());
      if (chunks.empty())
        associations.erase(associations.begin() + static_cast<std::ptrdiff_t>(which));
    }
    std::sort(want.begin(), want.end());
    std::sort(tap.messages.begin(), tap.messages.end());
    REQUIRE(tap.messages == want);
    REQUIRE(tap.counts().held == 0);
  }
}

TEST_CASE("whatever comes, every byte is accounted for") {
  auto random = test_random();
  SctpTap tap(small);
  std::int64_t time_us = 0;
  for (int i = 0; i < 20'000; ++i) {
    time_us += static_cast<std::int64_t>(below(random, 2000));
    const auto tsn =
        static_cast<std::uint32_t>(below(random, 40) + (below(random, 50) == 0 ? random() : 0));
    Frame packet = data_chunk(tsn, std::string(1 + below(random, 1500), 'd'),
                              static_cast<std::uint8_t>(random() % 4));
    packet = joined(std::move(packet),
                    data_chunk(tsn + 1, "next", static_cast<std::uint8_t>(random() % 4)));
    if (below(random, 100) == 0) packet = joined(chunk(sctp_chunk::init, 0, Frame(16)), packet);
    if (below(random, 10) == 0) packet.resize(below(random, packet.size()));
    tap.take(packet, static_cast<std::uint16_t>(below(random, 8)), time_us);
  }
  CHECK(tap.counts().evicted != 0);
  CHECK(tap.counts().repeated != 0);
  CHECK(tap.counts().over_limit == 0);
  CHECK(tap.counts().malformed != 0);
}
