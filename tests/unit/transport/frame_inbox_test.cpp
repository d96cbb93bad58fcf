#include "transport/frame_inbox.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <string>
#include <thread>
#include <vector>

namespace heptap {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t block_bytes = 1024;
constexpr std::chrono::hours long_time{1};  // more than a test may take

bool put(FrameInbox& inbox, const std::string& text) {
  const std::vector<std::uint8_t> bytes(text.begin(), text.end());
  return inbox.put({.time_us = 0, .bytes = bytes});
}

/// Fills the block that frames are put into.
bool put_block(FrameInbox& inbox, char filling) {
  return put(inbox, std::string(block_bytes, filling));
}

std::string texts_of(const FrameInbox::Block& block) {
  std::string out;
  if (block) block->for_each([&](auto bytes) { out.append(bytes.begin(), bytes.end()) += ' '; });
  return out;
}

}  // namespace

TEST_CASE("an inbox gives full blocks first, in their order, and then the one that is not full") {
  FrameInbox inbox(block_bytes, 3);
  REQUIRE(put_block(inbox, 'a'));
  REQUIRE(put_block(inbox, 'b'));
  REQUIRE(put(inbox, "c"));
  REQUIRE(put(inbox, "d"));
  CHECK(texts_of(inbox.take(long_time)) == std::string(block_bytes, 'a') + ' ');
  CHECK(texts_of(inbox.take(long_time)) == std::string(block_bytes, 'b') + ' ');
  CHECK(texts_of(inbox.take(0ms)) == "c d ");
  CHECK_FALSE(inbox.take(0ms));
}

TEST_CASE("an inbox has room for its blocks, and for those that were given back") {
  FrameInbox inbox(block_bytes, 2);
  REQUIRE(put_block(inbox, 'a'));
  REQUIRE(put_block(inbox, 'b'));
  CHECK_FALSE(put(inbox, "c"));
  auto block = inbox.take(long_time);
  CHECK_FALSE(put(inbox, "c"));
  inbox.recycle(std::move(block));
  CHECK(put(inbox, "c"));
  CHECK(texts_of(inbox.take(0ms)) == std::string(block_bytes, 'b') + ' ');
  CHECK(texts_of(inbox.take(0ms)) == "c ");
}

TEST_CASE("an inbox is crowded when half of its blocks wait") {
  FrameInbox inbox(block_bytes, 4);
  REQUIRE(put_block(inbox, 'a'));
  REQUIRE(put_block(inbox, 'b'));
  const auto in_hand = inbox.take(long_time);
  CHECK_FALSE(inbox.crowded());
  REQUIRE(put_block(inbox, 'c'));
  CHECK(inbox.crowded());
}

TEST_CASE("an inbox is crowded when half of its blocks come at once") {
  FrameInbox inbox(block_bytes, 4);
  { const FrameInbox::Batch much(inbox, 2 * block_bytes); }
  CHECK(inbox.crowded());
  { const FrameInbox::Batch little(inbox, 2 * block_bytes - 1); }
  CHECK_FALSE(inbox.crowded());
}

TEST_CASE("who waits for frames has those that are handed over, and all that were put before") {
  FrameInbox inbox(block_bytes, 2);
  bool has_room = true;
  std::jthread other([&] {
    has_room &= put(inbox, "a");
    inbox.hand_over();
    inbox.hand_over();
    has_room &= put(inbox, "b");
    inbox.hand_over();
  });
  std::string taken;
  while (taken != "a b ") {
    auto block = inbox.take(long_time);
    REQUIRE(block);
    taken += texts_of(block);
    inbox.recycle(std::move(block));
  }
  other.join();
  CHECK(has_room);
}

TEST_CASE("what was handed over does not wait for more though a full block is taken first") {
  FrameInbox inbox(block_bytes, 3);
  REQUIRE(put_block(inbox, 'a'));
  REQUIRE(put(inbox, "b"));
  inbox.hand_over();
  CHECK(texts_of(inbox.take(long_time)) == std::string(block_bytes, 'a') + ' ');
  CHECK(texts_of(inbox.take(long_time)) == "b ");
}

TEST_CASE("a call wakes who waits though nothing was put") {
  FrameInbox inbox(block_bytes, 2);
  inbox.wake();
  CHECK_FALSE(inbox.take(long_time));
  CHECK_FALSE(inbox.take(0ms));
}

}  // namespace heptap
