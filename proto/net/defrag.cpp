// A fragment is copied into the ring, and when its datagram is whole, all pieces are copied once more
// into one of two buffers. A datagram that was whole is remembered for a moment, with its pieces:
// behind a mirror port each fragment may come twice, and a late copy must not begin a new datagram
// that the next one with the same identification would then be mixed with.
#include "proto/net/defrag.hpp"

#include <algorithm>
#include <cstring>

namespace heptap {
namespace {

constexpr std::int64_t whole_age_us = 100'000;
// Fragments of one datagram leave together. One that overlaps after so long is of another.
constexpr std::int64_t reuse_us = 1'000'000;

}  // namespace

std::string_view to_string(FragmentFate fate) noexcept {
  switch (fate) {
    case FragmentFate::joined: return "joined";
    case FragmentFate::duplicate: return "duplicate";
    case FragmentFate::overlap: return "overlap";
    case FragmentFate::malformed: return "malformed";
    case FragmentFate::truncated: return "truncated";
    case FragmentFate::expired: return "expired";
    case FragmentFate::evicted: return "evicted";
    case FragmentFate::over_limit: return "over_limit";
    case FragmentFate::count_: break;
  }
  return "?";
}

Defrag::Defrag(const DefragLimits& limits)
    : limits_(limits),
      table_(limits.max_datagrams, limits.seed),
      ring_(std::max(limits.max_bytes, max_payload_bytes)),
      assembled_(std::make_unique<std::array<Buffer, 2>>()) {}

TableUse Defrag::use() const noexcept {
  TableUse use = table_.use();
  use += ring_.use();
  use.memory_bytes += sizeof *assembled_;
  return use;
}

Defrag::Key Defrag::key_of(const Cursor& at) noexcept {
  const bool is_v4 = at.out.source.family == IpFamily::v4;
  return {.source = at.out.source,
          .destination = at.out.destination,
          .protocol = static_cast<std::uint16_t>(is_v4 ? at.out.ip_protocol : 0),
          .identification = at.fragment.identification};
}

bool Defrag::take(Cursor& at, std::int64_t now_us) noexcept {
  const std::size_t end = at.fragment.offset_bytes + at.rest.size();
  if (at.out.truncated) return drop(FragmentFate::truncated);
  if (at.rest.empty() || end > max_payload_bytes || (at.fragment.more && end % 8 != 0)) {
    return drop(FragmentFate::malformed);
  }
  expire(now_us);
  ring_.make_room(at.rest.size(), max_pieces + 1,
                  [this](std::uint32_t owner) { remove(owner, FragmentFate::evicted); });
  return take_into(entry_of(key_of(at), now_us), at, now_us);
}

std::uint32_t Defrag::entry_of(const Key& key, std::int64_t now_us) noexcept {
  if (const std::uint32_t slot = table_.find(key); slot != Table::none) return slot;
  if (table_.is_full()) {
    const bool has_whole = whole_.first != Table::none;
    remove(has_whole ? whole_.first : waiting_.first, FragmentFate::evicted);
  }
  const std::uint32_t slot = table_.add(key);
  table_[slot] = {PieceRing::empty_list, now_us, 0, 0, 0, 0, 0, State::open};
  table_.append(waiting_, slot);
  return slot;
}

bool Defrag::take_into(std::uint32_t slot, Cursor& at, std::int64_t now_us) noexcept {
  Datagram& datagram = table_[slot];
  if (datagram.state == State::given_up) return drop(FragmentFate::overlap);
  if (datagram.state == State::whole) {
    if (is_known(datagram, at)) return drop(FragmentFate::duplicate);
    reopen(slot, now_us);
  }
  const std::size_t overlaps =
      ring_.count_overlaps(datagram.pieces, at.fragment.offset_bytes, at.rest.size());
  if (overlaps != 0) {
    if (is_known(datagram, at)) return drop(FragmentFate::duplicate);
    if (at.out.source.family == IpFamily::v6) {
      give_up(slot, FragmentFate::overlap);
      return drop(FragmentFate::overlap);
    }
    if (now_us - datagram.since_us >= reuse_us) {
      remove(slot, FragmentFate::expired);
      return take_into(entry_of(key_of(at), now_us), at, now_us);
    }
  }
  if (!fits(datagram, at)) return drop(FragmentFate::malformed);
  if (datagram.piece_count >= max_pieces) return drop(FragmentFate::over_limit);
  if (overlaps != 0) ++counts_.overlaps;
  return keep(slot, at, now_us);
}

bool Defrag::keep(std::uint32_t slot, Cursor& at, std::int64_t now_us) noexcept {
  Datagram& datagram = table_[slot];
  const std::uint32_t got_before = datagram.got_bytes;
  insert(slot, at, now_us);
  const bool is_whole = datagram.total_bytes != 0 && datagram.got_bytes == datagram.total_bytes;
  if (!is_whole) {
    if (datagram.got_bytes == got_before) return drop(FragmentFate::duplicate);
    ++datagram.frame_count;
    ++counts_.held;
    return false;
  }
  at.rest = assemble(datagram);
  at.out.ip_protocol = datagram.protocol;
  let_go(datagram, FragmentFate::joined);
  table_.unlink(waiting_, slot);
  table_.append(whole_, slot);
  datagram.state = State::whole;
  datagram.since_us = now_us;
  ++counts_.datagrams;
  return true;
}

// Whether the fragment agrees with what is known of the end of its datagram.
bool Defrag::fits(const Datagram& datagram, const Cursor& at) const noexcept {
  const std::size_t end = at.fragment.offset_bytes + at.rest.size();
  if (datagram.total_bytes != 0) {
    return at.fragment.more ? end <= datagram.total_bytes : end == datagram.total_bytes;
  }
  if (at.fragment.more || datagram.pieces.last == PieceRing::none) return true;
  const Piece& last = ring_[datagram.pieces.last];
  return last.begin + last.size_bytes <= end;
}

// Whether this very piece is there already.
bool Defrag::is_known(const Datagram& datagram, const Cursor& at) const noexcept {
  for (std::uint32_t i = datagram.pieces.last; i != PieceRing::none; i = ring_[i].previous) {
    if (ring_[i].begin != at.fragment.offset_bytes) continue;
    const Bytes there = ring_.bytes(i);
    return there.size() == at.rest.size() &&
           std::memcmp(there.data(), at.rest.data(), there.size()) == 0;
  }
  return false;
}

void Defrag::insert(std::uint32_t slot, const Cursor& at, std::int64_t now_us) noexcept {
  Datagram& datagram = table_[slot];
  const std::uint16_t offset = at.fragment.offset_bytes;
  const auto added =
      ring_.insert(datagram.pieces, slot, offset, at.rest, origin_of(at.out, now_us));
  datagram.got_bytes += static_cast<std::uint32_t>(added);
  ++datagram.piece_count;
  if (offset == 0) datagram.protocol = at.out.ip_protocol;
  if (!at.fragment.more) {
    datagram.total_bytes = static_cast<std::uint32_t>(offset + at.rest.size());
  }
}

Bytes Defrag::assemble(const Datagram& datagram) noexcept {
  Buffer& buffer = (*assembled_)[turn_];
  turn_ ^= 1U;
  for (std::uint32_t i = datagram.pieces.first; i != PieceRing::none; i = ring_[i].next) {
    const Bytes part = ring_.bytes(i);
    std::memcpy(buffer.data() + ring_[i].begin, part.data(), part.size());
  }
  return Bytes{buffer}.first(datagram.total_bytes);
}

// Each list is in the order of its times, as long as nothing in it is of later than now.
void Defrag::expire(std::int64_t now_us) noexcept {
  while (waiting_.last != Table::none && table_[waiting_.last].since_us > now_us) {
    remove(waiting_.last, FragmentFate::expired);
  }
  while (whole_.last != Table::none && table_[whole_.last].since_us > now_us) {
    remove(whole_.last, FragmentFate::joined);
  }
  while (waiting_.first != Table::none &&
         now_us - table_[waiting_.first].since_us > limits_.max_age_us) {
    remove(waiting_.first, FragmentFate::expired);
  }
  while (whole_.first != Table::none && now_us - table_[whole_.first].since_us > whole_age_us) {
    remove(whole_.first, FragmentFate::joined);
  }
}

// A sender has come round to an identification of a moment ago.
void Defrag::reopen(std::uint32_t slot, std::int64_t now_us) noexcept {
  Datagram& datagram = table_[slot];
  ring_.release(datagram.pieces);
  table_.unlink(whole_, slot);
  table_.append(waiting_, slot);
  datagram = {PieceRing::empty_list, now_us, 0, 0, 0, 0, 0, State::open};
}

void Defrag::give_up(std::uint32_t slot, FragmentFate fate) noexcept {
  Datagram& datagram = table_[slot];
  let_go(datagram, fate);
  ring_.release(datagram.pieces);
  datagram.state = State::given_up;
}

// Says what became of the fragments that are held.
void Defrag::let_go(Datagram& datagram, FragmentFate fate) noexcept {
  counts_[fate] += datagram.frame_count;
  counts_.held -= datagram.frame_count;
  datagram.frame_count = 0;
}

void Defrag::remove(std::uint32_t slot, FragmentFate fate) noexcept {
  Datagram& datagram = table_[slot];
  let_go(datagram, fate);
  ring_.release(datagram.pieces);
  table_.unlink(datagram.state == State::whole ? whole_ : waiting_, slot);
  table_.remove(slot);
}

bool Defrag::drop(FragmentFate fate) noexcept {
  ++counts_[fate];
  return false;
}

}  // namespace heptap
