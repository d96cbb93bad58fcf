#include "agent/calls/chain_guesses.hpp"

#include <catch2/catch.hpp>

using namespace heptap;

TEST_CASE("an attempt goes on once, and soon") {
  ChainGuesses guesses;
  guesses.offer(77, 1000, 5000);
  CHECK(!guesses.taken(77, 1000));
  CHECK(!guesses.take(78, 6000));
  CHECK(!guesses.take(77, 4999));
  CHECK(!guesses.take(77, 5000 + ChainGuesses::max_wait_us));
  CHECK(guesses.take(77, 6000) == 1000);
  CHECK(!guesses.take(77, 6001));
  CHECK(guesses.taken(77, 1000));
  CHECK(!guesses.taken(77, 2000));
}

TEST_CASE("an attempt that goes on in its own call is not offered any more") {
  ChainGuesses guesses;
  guesses.offer(77, 1000, 5000);
  guesses.withdraw(77);
  CHECK(!guesses.take(77, 6000));
  guesses.offer(77, 1000, 5000);
  CHECK(guesses.take(77, 6000) == 1000);
  guesses.withdraw(77);  // too late
  CHECK(guesses.taken(77, 1000));
}

TEST_CASE("who cannot be told from others is not offered") {
  ChainGuesses guesses;
  guesses.offer(0, 1000, 5000);
  CHECK(!guesses.take(0, 5001));
}
