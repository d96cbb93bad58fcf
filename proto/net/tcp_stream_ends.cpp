// Letting streams go: those that end, that are too old, that make room for others, that nobody reads.
#include <algorithm>
#include <limits>

#include "proto/net/tcp_streams.hpp"

namespace heptap {
namespace {

constexpr std::int64_t max_linger_us = 10'000'000;   // of one that ended, for what is sent again
constexpr std::int64_t max_silence_us = 60'000'000;  // of one that nobody reads

}  // namespace

void TcpStreams::expire() noexcept {
  due_us_ = std::numeric_limits<std::int64_t>::max();
  const auto closes = [this](std::uint32_t slot) { close(slot); };
  const auto drops = [this](std::uint32_t slot) { drop(slot); };
  let_go_of(unconfirmed_, limits_.max_age_us, closes);
  let_go_of(confirmed_, limits_.max_age_us, closes);
  let_go_of(ended_, std::min(max_linger_us, limits_.max_age_us), drops);
  let_go_of(forgotten_, std::min(max_silence_us, limits_.max_age_us), drops);
}

// All that is older, or of later than now; and says when the next will be, of those there are and those
// to come. The list is in the order of its times.
template <class LetGo>
void TcpStreams::let_go_of(const SlotList& list, std::int64_t age_us, LetGo let_go) noexcept {
  while (list.last != Table::none && table_[list.last].last_us > now_us_) let_go(list.last);
  while (list.first != Table::none && is_past(table_[list.first].last_us, age_us)) {
    let_go(list.first);
  }
  const std::int64_t oldest_us = list.first == Table::none ? now_us_ : table_[list.first].last_us;
  due_us_ = std::min(due_us_, oldest_us + age_us + 1);
}

void TcpStreams::evict_stream() noexcept {
  if (ended_.first != Table::none) return drop(ended_.first);
  if (forgotten_.first != Table::none) return drop(forgotten_.first);
  ++counts_.streams_evicted;
  close(unconfirmed_.first != Table::none ? unconfirmed_.first : confirmed_.first);
}

// One in its place is the end. Whoever makes one up must hit that, or what waits for a gap is cut off.
void TcpStreams::reset(std::uint32_t slot, std::uint32_t end) noexcept {
  Stream& stream = table_[slot];
  if (end != stream.next || stream.ahead != 0) return close(slot);
  stream.has_end = true;
  stream.end = end;
  current_ = slot;
}

// The reader gets what is left before the slot is free again.
void TcpStreams::close(std::uint32_t slot) noexcept {
  table_.unlink(list_of(table_[slot].place), slot);
  table_.detach(slot);
  table_[slot].place = Place::closing;
  table_.append(closing_, slot);
}

// All is read. It stays for what is sent again, which would begin a stream otherwise.
void TcpStreams::end(std::uint32_t slot) noexcept {
  lose_pieces(slot);  // beyond the FIN
  table_.unlink(list_of(table_[slot].place), slot);
  table_[slot].place = Place::ended;
  table_[slot].last_us = now_us_;
  table_.append(ended_, slot);
}

// Nobody reads it. It stays, or any of its segments might begin another.
void TcpStreams::ignore(std::uint32_t slot) noexcept {
  lose_pieces(slot);
  Stream& stream = table_[slot];
  table_.unlink(list_of(stream.place), slot);
  stream.place = Place::forgotten;
  stream.last_us = now_us_;
  stream.has_end = false;
  table_.append(forgotten_, slot);
}

void TcpStreams::drop(std::uint32_t slot) noexcept {
  Stream& stream = table_[slot];
  lose_pieces(slot);
  table_.unlink(list_of(stream.place), slot);
  if (stream.place != Place::closing) table_.detach(slot);
  if (overdue_ == slot) overdue_ = Table::none;
  table_.free(slot);
}

void TcpStreams::lose_pieces(std::uint32_t slot) noexcept {
  Stream& stream = table_[slot];
  counts_.evicted += stream.waiting + stream.ahead;
  counts_.held -= stream.waiting + stream.ahead;
  stream.after_gap = stream.after_gap || stream.waiting != 0;
  stream.waiting = stream.ahead = stream.ahead_pieces = 0;
  stream.gap_since_us = no_gap;
  stream.need = {};
  ring_.release(stream.pieces);
}

void TcpStreams::finish() noexcept {
  while (unconfirmed_.first != Table::none) close(unconfirmed_.first);
  while (confirmed_.first != Table::none) close(confirmed_.first);
  while (forgotten_.first != Table::none) drop(forgotten_.first);
  while (ended_.first != Table::none) drop(ended_.first);
}

}  // namespace heptap
