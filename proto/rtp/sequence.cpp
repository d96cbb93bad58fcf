// With `ahead` the distance from the newest number to this one, modulo 65536:
//
//     0                 the newest again
//     1 .. 2999         forward; those between are missing
//     3000 .. 65436     implausible, unless the packet behind this one goes on with it
//     65437 .. 65535    behind by up to 99: late, or seen before
//
// 128 bits hold all numbers that can be asked for.
#include "proto/rtp/sequence.hpp"

#include <algorithm>
#include <bit>
#include <limits>

namespace heptap {
namespace {

constexpr unsigned modulus = 65536;
constexpr unsigned word_bits = 64;
constexpr int enough_in_a_run = 3;

constexpr bool is_set(std::uint64_t word, unsigned bit) noexcept { return (word >> bit & 1U) != 0; }

// The lowest bits, at most all.
std::uint64_t ones(std::uint32_t count) noexcept {
  return count < word_bits ? (std::uint64_t{1} << count) - 1 : ~std::uint64_t{0};
}

void pass(bool received, BurstGap& losses) noexcept {
  if (received) {
    losses.add_received();
  } else {
    losses.add_lost(1);
  }
}

}  // namespace

static_assert(RtpSequence::reorder_window == word_bits);
static_assert(RtpSequence::max_misorder <= 2 * word_bits);

double RtpCounts::lost_percent() const noexcept {
  if (expected == 0) return 0;
  return 100 * static_cast<double>(lost()) / static_cast<double>(expected);
}

std::uint8_t RtpCounts::fraction_lost() const noexcept {
  if (expected == 0) return 0;
  return static_cast<std::uint8_t>(
      std::min<std::uint64_t>(std::uint64_t{256} * lost() / expected, 255));
}

SequenceStep RtpRun::add(std::uint16_t sequence) noexcept {
  if (count == 0) first = sequence;
  if (count < std::numeric_limits<std::uint32_t>::max()) ++count;
  if (count == 1) return SequenceStep::first;
  return count == 2 ? SequenceStep::confirmed : SequenceStep::next;
}

RtpCounts RtpRun::counts() const noexcept {
  if (count < 2) return {.suspects = count};
  return {.expected = count, .unique = count};
}

BurstGap RtpRun::losses() const noexcept {
  BurstGap out;
  const std::uint32_t behind_window = count - std::min(count, word_bits);
  for (std::uint32_t i = 0; i < behind_window && i < BurstGap::gmin; ++i) out.add_received();
  return out;
}

RtpSequence::RtpSequence(const RtpRun& run) noexcept
    : newer_(ones(run.count)),
      older_(ones(run.count - std::min(run.count, word_bits))),
      counts_(run.counts()) {
  if (run.count == 0) return;
  max_ = static_cast<std::uint16_t>(run.newest());
  cycles_ = static_cast<std::uint16_t>(run.newest() >> 16U);
  span_ = static_cast<std::uint8_t>(std::min(run.count - 1, 255U));
  state_ = run.count == 1 ? State::probation : State::running;
}

SequenceStep RtpSequence::add(std::uint16_t sequence, BurstGap& losses) noexcept {
  if (state_ == State::empty) return begin(sequence);
  const unsigned ahead = static_cast<std::uint16_t>(sequence - max_);
  if (ahead == 0) {
    ++counts_.duplicates;
    return SequenceStep::duplicate;
  }
  if (state_ == State::probation) return probe(sequence);
  if (ahead < max_dropout) return forward(ahead, losses);
  if (modulus - ahead < max_misorder) return behind(modulus - ahead);
  return suspect(sequence, losses);
}

SequenceStep RtpSequence::begin(std::uint16_t sequence) noexcept {
  max_ = sequence;
  newer_ = 1;
  span_ = 0;
  run_late_ = 0;
  ++counts_.suspects;
  state_ = State::probation;
  return SequenceStep::first;
}

// The first run lies in one word: no loss leaves the window before it is a stream's.
SequenceStep RtpSequence::probe(std::uint16_t sequence) noexcept {
  const unsigned ahead = static_cast<std::uint16_t>(sequence - max_);
  const unsigned behind = modulus - ahead;
  if (behind < word_bits) {
    if (is_set(newer_, behind)) {
      ++counts_.duplicates;
      return SequenceStep::duplicate;
    }
    newer_ |= std::uint64_t{1} << behind;
    span_ = std::max(span_, static_cast<std::uint8_t>(behind));
    ++run_late_;
  } else if (span_ + ahead < word_bits) {
    newer_ = newer_ << ahead | 1U;
    span_ = static_cast<std::uint8_t>(span_ + ahead);
    max_ = sequence;
  } else {
    return begin(sequence);
  }
  ++counts_.suspects;
  if (ahead == 1 || std::popcount(newer_) == enough_in_a_run) return confirm();
  return behind < word_bits ? SequenceStep::late : SequenceStep::ahead;
}

SequenceStep RtpSequence::confirm() noexcept {
  const auto run = static_cast<std::uint32_t>(std::popcount(newer_));
  counts_.suspects -= run;
  counts_.expected = span_ + 1U;
  counts_.unique = run;
  counts_.late = run_late_;
  cycles_ = max_ < span_ ? 1 : 0;
  older_ = 0;
  state_ = State::running;
  return SequenceStep::confirmed;
}

// With the packet before, which was a suspect until now.
void RtpSequence::begin_segment(std::uint16_t sequence) noexcept {
  max_ = sequence;
  cycles_ = sequence == 0 ? 1 : 0;
  newer_ = 3;
  older_ = 0;
  span_ = 1;
  --counts_.suspects;
  count(1);
  count(1);
  state_ = State::running;
}

void RtpSequence::count(unsigned expected) noexcept {
  if (expected > std::numeric_limits<std::uint32_t>::max() - counts_.expected) return;
  counts_.expected += expected;
  ++counts_.unique;
}

SequenceStep RtpSequence::forward(unsigned by, BurstGap& losses) noexcept {
  leave(by, losses);
  shift(by);
  const unsigned newest = max_ + by;
  cycles_ = static_cast<std::uint16_t>(cycles_ + newest / modulus);
  max_ = static_cast<std::uint16_t>(newest);
  span_ = static_cast<std::uint8_t>(std::min(span_ + by, 255U));
  count(by);
  state_ = State::running;
  return by == 1 ? SequenceStep::next : SequenceStep::ahead;
}

SequenceStep RtpSequence::behind(unsigned by) noexcept {
  state_ = State::running;
  std::uint64_t& word = by < word_bits ? newer_ : older_;
  const unsigned bit = by % word_bits;
  if (is_set(word, bit)) {
    ++counts_.duplicates;
    return SequenceStep::duplicate;
  }
  word |= std::uint64_t{1} << bit;
  count(by > span_ ? by - span_ : 0);
  span_ = std::max(span_, static_cast<std::uint8_t>(by));
  ++counts_.late;
  return SequenceStep::late;
}

SequenceStep RtpSequence::suspect(std::uint16_t sequence, BurstGap& losses) noexcept {
  if (state_ != State::suspicious || sequence != restart_at_) {
    state_ = State::suspicious;
    restart_at_ = static_cast<std::uint16_t>(sequence + 1);
    ++counts_.suspects;
    return SequenceStep::suspect;
  }
  losses = all_losses(losses);
  begin_segment(sequence);
  ++restarts_;
  return SequenceStep::restarted;
}

// The oldest numbers of the window are behind it when max_ moves on.
void RtpSequence::leave(unsigned by, BurstGap& losses) const noexcept {
  const unsigned left = std::min(by, word_bits);
  for (unsigned bit = word_bits; bit-- > word_bits - left;) {
    if (bit <= span_) pass(is_set(newer_, bit), losses);
  }
  losses.add_lost(by - left);
}

BurstGap RtpSequence::all_losses(BurstGap losses) const noexcept {
  if (is_confirmed()) leave(word_bits, losses);
  return losses;
}

void RtpSequence::shift(unsigned by) noexcept {
  if (by < word_bits) {
    older_ = older_ << by | newer_ >> (word_bits - by);
    newer_ = newer_ << by | 1U;
  } else {
    older_ = by < 2 * word_bits ? newer_ << (by - word_bits) : 0;
    newer_ = 1;
  }
}

}  // namespace heptap
