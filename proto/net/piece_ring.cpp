#include "proto/net/piece_ring.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <utility>

namespace heptap {
namespace {

constexpr std::size_t mean_piece_bytes = 256;
constexpr std::size_t min_pieces = 4096;

// What waits is seldom more. It stays in the processor's cache, as long as it is put nowhere else.
std::size_t small_bytes(std::size_t max_bytes) noexcept {
  constexpr std::size_t most = 256 << 10;
  constexpr std::size_t least_ring = 64 << 10;
  return max_bytes < least_ring ? 0 : std::min(max_bytes / 16, most);
}

// a - b for places that wrap around.
std::int32_t distance(std::uint32_t a, std::uint32_t b) noexcept {
  return static_cast<std::int32_t>(a - b);
}

std::uint32_t end_of(const Piece& piece) noexcept { return piece.begin + piece.size_bytes; }

}  // namespace

PieceRing::PieceRing(std::size_t max_bytes)
    : max_bytes_(max_bytes),
      max_pieces_(std::max(max_bytes / mean_piece_bytes, min_pieces)),
      bytes_(
          new std::uint8_t[max_bytes + small_bytes(max_bytes)]),  // make_unique would touch it all
      pieces_(new Piece[max_pieces_]) {
  stretches_[0].end = stretches_[1].begin = small_bytes(max_bytes);
  stretches_[1].end = stretches_[1].begin + max_bytes;
}

bool PieceRing::Stretch::has_room(std::size_t bytes) noexcept {
  if (count == 0) {
    head = tail = begin;  // what is used again and again stays in the cache
    return bytes <= end - begin;
  }
  if (head <= tail) return bytes <= tail - head;
  if (bytes <= end - head) return true;
  if (bytes > tail - begin) return false;
  turn = head;
  head = begin;
  return true;
}

std::size_t PieceRing::Stretch::take(std::size_t bytes) noexcept {
  ++count;
  return std::exchange(head, head + bytes);
}

void PieceRing::Stretch::drop_up_to(std::size_t place) noexcept {
  --count;
  tail = place;
  if (head <= tail && tail == turn) tail = begin;
}

bool PieceRing::has_room(std::size_t bytes, std::size_t pieces) noexcept {
  assert(bytes <= max_bytes_ && pieces <= max_pieces_);
  if (count_ == 0) oldest_ = 0;
  if (count_ + pieces > max_pieces_ || used_bytes_ + bytes > max_bytes_) return false;
  chosen_ = stretches_[0].has_room(bytes) ? 0 : 1;
  return chosen_ == 0 || stretches_[1].has_room(bytes);
}

std::uint32_t PieceRing::add(std::uint32_t owner, std::uint32_t begin, Bytes in,
                             const PieceOrigin& origin) noexcept {
  const auto position = static_cast<std::uint32_t>((oldest_ + count_) % max_pieces_);
  const std::size_t offset = stretches_[chosen_].take(in.size());
  pieces_[position] = {owner,
                       none,
                       none,
                       begin,
                       static_cast<std::uint32_t>(in.size()),
                       static_cast<std::uint32_t>(offset),
                       origin};
  std::memcpy(bytes_.get() + offset, in.data(), in.size());
  used_bytes_ += in.size();
  ++count_;
  return position;
}

void PieceRing::link(PieceList& list, std::uint32_t position, std::uint32_t before) noexcept {
  const std::uint32_t after = before == none ? list.last : pieces_[before].previous;
  pieces_[position].previous = after;
  pieces_[position].next = before;
  (after == none ? list.first : pieces_[after].next) = position;
  (before == none ? list.last : pieces_[before].previous) = position;
}

// Walks from the end: most pieces come in order.
std::size_t PieceRing::insert(PieceList& list, std::uint32_t owner, std::uint32_t begin, Bytes in,
                              const PieceOrigin& origin) noexcept {
  std::size_t added = 0;
  const auto put = [&](std::uint32_t from, std::uint32_t to, std::uint32_t before) {
    if (distance(to, from) <= 0) return;
    const auto part = in.subspan(from - begin, to - from);
    link(list, add(owner, from, part, origin), before);
    added += part.size();
  };
  std::uint32_t end = begin + static_cast<std::uint32_t>(in.size());
  std::uint32_t before = none;
  std::uint32_t at = list.last;
  while (at != none && distance(end, begin) > 0) {
    const Piece& piece = pieces_[at];
    if (distance(end_of(piece), begin) <= 0) break;
    if (distance(piece.begin, end) < 0) {
      const std::uint32_t from = distance(end_of(piece), end) < 0 ? end_of(piece) : end;
      const std::uint32_t to = end;
      end = distance(piece.begin, begin) > 0 ? piece.begin : begin;
      put(from, to, before);
    }
    before = at;
    at = pieces_[at].previous;
  }
  put(begin, end, before);
  return added;
}

PieceList PieceRing::join(const PieceList& a, const PieceList& b) noexcept {
  pieces_[a.last].next = b.first;
  pieces_[b.first].previous = a.last;
  return {a.first, b.last};
}

std::size_t PieceRing::count_overlaps(const PieceList& list, std::uint32_t begin,
                                      std::size_t size) const noexcept {
  const std::uint32_t end = begin + static_cast<std::uint32_t>(size);
  std::size_t count = 0;
  for (std::uint32_t at = list.last; at != none; at = pieces_[at].previous) {
    if (distance(end_of(pieces_[at]), begin) <= 0) break;
    if (distance(pieces_[at].begin, end) < 0) ++count;
  }
  return count;
}

void PieceRing::release_front(PieceList& list, std::size_t bytes) noexcept {
  while (bytes > 0 && list.first != none) {
    Piece& piece = pieces_[list.first];
    if (piece.size_bytes > bytes) {
      const auto cut = static_cast<std::uint32_t>(bytes);
      piece.begin += cut;
      piece.offset += cut;
      piece.size_bytes -= cut;
      used_bytes_ -= cut;
      break;
    }
    bytes -= piece.size_bytes;
    piece.owner = none;
    list.first = piece.next;
    (list.first == none ? list.last : pieces_[list.first].previous) = none;
  }
  drop_released();
}

void PieceRing::release(PieceList& list) noexcept {
  for (std::uint32_t at = list.first; at != none; at = pieces_[at].next) pieces_[at].owner = none;
  list = empty_list;
  drop_released();
}

void PieceRing::drop_released() noexcept {
  while (count_ > 0 && pieces_[oldest_].owner == none) {
    const std::size_t end = pieces_[oldest_].offset + pieces_[oldest_].size_bytes;
    stretches_[end <= stretches_[0].end ? 0 : 1].drop_up_to(end);
    used_bytes_ -= pieces_[oldest_].size_bytes;
    oldest_ = static_cast<std::uint32_t>((oldest_ + 1) % max_pieces_);
    --count_;
  }
}

}  // namespace heptap
