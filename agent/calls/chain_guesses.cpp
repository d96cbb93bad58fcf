#include "agent/calls/chain_guesses.hpp"

namespace heptap {

void ChainGuesses::offer(std::uint64_t caller, std::int64_t first_us, std::int64_t time_us) {
  if (caller == 0) return;
  const std::lock_guard locked(mutex_);
  guesses_[place_of(caller)] = {caller, first_us, time_us, false};
}

void ChainGuesses::withdraw(std::uint64_t caller) {
  const std::lock_guard locked(mutex_);
  Guess& guess = guesses_[place_of(caller)];
  if (guess.caller == caller && !guess.taken) guess = {};
}

std::optional<std::int64_t> ChainGuesses::take(std::uint64_t caller, std::int64_t time_us) {
  if (caller == 0) return std::nullopt;
  const std::lock_guard locked(mutex_);
  Guess& guess = guesses_[place_of(caller)];
  if (guess.caller != caller || guess.taken || time_us < guess.time_us ||
      time_us - guess.time_us >= max_wait_us) {
    return std::nullopt;
  }
  guess.taken = true;
  return guess.first_us;
}

bool ChainGuesses::taken(std::uint64_t caller, std::int64_t first_us) const {
  const std::lock_guard locked(mutex_);
  const Guess& guess = guesses_[place_of(caller)];
  return guess.caller == caller && guess.taken && guess.first_us == first_us;
}

}  // namespace heptap
