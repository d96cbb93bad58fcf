// Taking segments. What comes out is in tcp_runs.cpp, how streams end in tcp_stream_ends.cpp.
//
// Most segments continue their stream, and most messages end with a segment: such bytes are read where
// the packet has them and copied nowhere. Only what the reader leaves, and what comes too early, goes
// into the ring.
#include "proto/net/tcp_streams.hpp"

#include <algorithm>

namespace heptap {
namespace {

namespace flag {
constexpr std::uint8_t fin = 0x01;
constexpr std::uint8_t syn = 0x02;
constexpr std::uint8_t rst = 0x04;
}  // namespace flag

constexpr std::size_t max_gaps = 4096;
constexpr std::uint32_t max_ahead_pieces = 512;
constexpr std::int32_t syn_reach = 1 << 16;  // how far a stream may be when its SYN comes late

std::int32_t distance(std::uint32_t a, std::uint32_t b) noexcept {
  return static_cast<std::int32_t>(a - b);
}

bool has(const Packet& segment, std::uint8_t flag) noexcept {
  return (segment.tcp_flags & flag) != 0;
}

// Of every two segments one says nothing about its own direction.
bool is_bare_ack(const Packet& segment) noexcept {
  return segment.payload.empty() && !has(segment, flag::syn | flag::fin | flag::rst);
}

// The sequence number of the first byte of its payload.
std::uint32_t begin_of(const Packet& segment) noexcept {
  return segment.tcp_sequence + (has(segment, flag::syn) ? 1U : 0U);
}

}  // namespace

TcpStreams::TcpStreams(const StreamLimits& limits, Opens opens)
    : limits_(limits),
      opens_(std::move(opens)),
      table_(limits.max_streams, limits.seed),
      ring_(std::max(limits.max_bytes, 2 * limits.max_stream_bytes)),
      scratch_(new std::uint8_t[scratch_bytes()]),
      gaps_(max_gaps) {
  marks_.reserve(ring_.max_pieces() + 1);
}

TableUse TcpStreams::use() const noexcept {
  TableUse use = table_.use();
  use += ring_.use();
  use.memory_bytes +=
      scratch_bytes() + marks_.capacity() * sizeof(Mark) + gaps_.capacity() * sizeof(Gap);
  return use;
}

bool TcpStreams::take(const Packet& segment, std::int64_t time_us, std::int64_t now_us) {
  if (segment.payload.size() > std::min(max_segment_bytes, limits_.max_stream_bytes)) return false;
  advance(now_us);
  if (is_bare_ack(segment)) return false;
  const std::uint32_t slot = stream_of(segment);
  if (slot == Table::none) return false;
  Stream& stream = table_[slot];
  if (stream.place == Place::forgotten) {
    touch(slot);
    return false;
  }
  if (stream.place == Place::ended) {
    add_late(stream, segment);
    return true;
  }
  touch(slot);
  if (segment.truncated) ++counts_.truncated;
  const std::uint32_t begin = begin_of(segment);
  const auto reach = static_cast<std::int32_t>(limits_.max_stream_bytes);
  const std::int32_t jump = distance(begin, stream.next);
  if (jump > reach || jump < -reach) {
    counts_.entered += segment.payload.size();
    counts_.far += segment.payload.size();
    return true;
  }
  if (has(segment, flag::rst)) {
    reset(slot, begin);
    return segment.payload.empty();  // what comes with it is a text for people (RFC 9293, 3.5.3)
  }
  if (!segment.payload.empty()) add(slot, begin, segment.payload, origin_of(segment, time_us));
  if (has(segment, flag::fin) && !segment.truncated) {
    stream.has_end = true;
    stream.end = begin + static_cast<std::uint32_t>(segment.payload.size());
  }
  if (is_at_end(stream)) current_ = slot;
  if (lacks_end(stream)) note_gap(slot);
  return true;
}

// The stream that the segment is of, or that it begins.
std::uint32_t TcpStreams::stream_of(const Packet& segment) {
  const FlowKey key = flow_of(segment);
  const std::uint32_t slot = table_.find(key);
  if (slot == Table::none) {
    const bool is_syn = has(segment, flag::syn);
    return is_syn || opens_(segment) ? open(key, {begin_of(segment), !is_syn}) : slot;
  }
  const std::optional<Beginning> another = another_in(table_[slot], segment);
  if (!another) return slot;
  close(slot);  // the port is used again
  return open(key, *another);
}

std::optional<TcpStreams::Beginning> TcpStreams::another_in(Stream& stream,
                                                            const Packet& segment) const {
  const std::uint32_t begin = begin_of(segment);
  if (has(segment, flag::syn)) {
    return is_syn_of_another(stream, segment) ? std::optional(Beginning{begin, false})
                                              : std::nullopt;
  }
  if (stream.place == Place::forgotten) return std::nullopt;
  const auto reach = static_cast<std::int32_t>(limits_.max_stream_bytes);
  const std::int32_t jump = distance(begin, stream.next);
  const std::int32_t from_other = distance(begin, stream.other);
  const bool is_of_other =
      stream.has_other && from_other >= 0 && from_other <= reach && (jump < 0 || from_other < jump);
  if (is_of_other) return Beginning{stream.other, false};
  const bool is_far = jump > reach || jump < -reach;
  if (is_far && opens_(segment)) return Beginning{begin, true};
  return std::nullopt;
}

// A SYN alone proves nothing while its stream lives: bytes must follow it.
bool TcpStreams::is_syn_of_another(Stream& stream, const Packet& segment) noexcept {
  const std::uint32_t begin = begin_of(segment);
  const std::int32_t jump = distance(begin, stream.next);
  const bool may_be_late = stream.is_midway && jump <= 0 && jump >= -syn_reach;
  if (may_be_late || begin == stream.first) return false;
  stream.other = begin;
  stream.has_other = true;
  const bool is_over = stream.place == Place::forgotten || stream.place == Place::ended;
  return is_over || !segment.payload.empty();
}

std::uint32_t TcpStreams::open(const FlowKey& key, const Beginning& beginning) noexcept {
  if (table_.is_full()) evict_stream();
  const std::uint32_t slot = table_.add(key);
  table_[slot] = {.pieces = PieceRing::empty_list,
                  .first = beginning.first,
                  .next = beginning.first,
                  .end = 0,
                  .other = 0,
                  .waiting = 0,
                  .ahead = 0,
                  .ahead_pieces = 0,
                  .need = {},
                  .last_us = now_us_,
                  .gap_since_us = no_gap,
                  .place = Place::unconfirmed,
                  .has_end = false,
                  .has_other = false,
                  .is_new = true,
                  .is_midway = beginning.is_midway,
                  .after_gap = false};
  table_.append(unconfirmed_, slot);
  ++counts_.streams;
  return slot;
}

void TcpStreams::touch(std::uint32_t slot) noexcept {
  SlotList& list = list_of(table_[slot].place);
  table_.unlink(list, slot);
  table_.append(list, slot);
  table_[slot].last_us = now_us_;
}

void TcpStreams::add(std::uint32_t slot, std::uint32_t begin, Bytes bytes,
                     const PieceOrigin& origin) noexcept {
  Stream& stream = table_[slot];
  counts_.entered += bytes.size();
  if (const std::int32_t behind = distance(stream.next, begin); behind > 0) {
    const std::size_t known = std::min(bytes.size(), static_cast<std::size_t>(behind));
    counts_.repeated += known;
    bytes = bytes.subspan(known);
    begin += static_cast<std::uint32_t>(known);
  }
  if (bytes.empty()) return;
  if (begin != stream.next || stream.ahead != 0) return add_ahead(slot, begin, bytes, origin);
  stream.next += static_cast<std::uint32_t>(bytes.size());
  stream.gap_since_us = no_gap;
  stream.has_other = false;
  current_ = slot;
  fresh_ = bytes;
  fresh_origin_ = origin;
}

// Behind a FIN nothing is new.
void TcpStreams::add_late(const Stream& stream, const Packet& segment) noexcept {
  const std::size_t size = segment.payload.size();
  const std::int32_t behind = distance(stream.next, segment.tcp_sequence);
  const std::size_t known = behind > 0 ? std::min(size, static_cast<std::size_t>(behind)) : 0;
  counts_.entered += size;
  counts_.repeated += known;
  counts_.far += size - known;
}

void TcpStreams::add_ahead(std::uint32_t slot, std::uint32_t begin, Bytes bytes,
                           const PieceOrigin& origin) noexcept {
  Stream& stream = table_[slot];
  const std::size_t held = stream.waiting + stream.ahead;
  if (held + bytes.size() > 2 * limits_.max_stream_bytes) lose_pieces(slot);
  make_room(bytes.size(), stream.ahead_pieces + 1);
  const std::size_t pieces = ring_.count();
  const std::size_t added = ring_.insert(stream.pieces, slot, begin, bytes, origin);
  counts_.repeated += bytes.size() - added;
  counts_.held += added;
  stream.ahead += static_cast<std::uint32_t>(added);
  stream.ahead_pieces += static_cast<std::uint32_t>(ring_.count() - pieces);
  if (begin == stream.next) {
    join_pieces(slot);
    current_ = slot;
  }
  if (has_gap(stream)) note_gap(slot);
}

// Moves on over the pieces that follow one another now.
void TcpStreams::join_pieces(std::uint32_t slot) noexcept {
  Stream& stream = table_[slot];
  std::uint32_t at = stream.pieces.last;
  while (ring_[at].begin != stream.next) at = ring_[at].previous;
  for (; at != PieceRing::none && ring_[at].begin == stream.next; at = ring_[at].next) {
    if (stream.need.blank_line && ends_blank_line(ring_[at].previous, ring_.bytes(at))) {
      stream.need.blank_line = false;
    }
    stream.next += ring_[at].size_bytes;
    stream.waiting += ring_[at].size_bytes;
    stream.ahead -= ring_[at].size_bytes;
    --stream.ahead_pieces;
  }
  stream.gap_since_us = no_gap;
}

// Says when the missing bytes are not waited for any longer.
void TcpStreams::note_gap(std::uint32_t slot) noexcept {
  Stream& stream = table_[slot];
  if (stream.ahead > limits_.max_stream_bytes / 2 || stream.ahead_pieces > max_ahead_pieces) {
    overdue_ = slot;
    return;
  }
  if (stream.gap_since_us != no_gap) return;
  stream.gap_since_us = now_us_;
  if (gap_count_ == gaps_.size()) overdue_ = take_oldest_gap();  // of so many: waited long enough
  gaps_[(gap_first_ + gap_count_) % gaps_.size()] = {slot, now_us_};
  ++gap_count_;
}

// The stream that still waits for what was missing then; or none.
std::uint32_t TcpStreams::take_oldest_gap() noexcept {
  const Gap gap = gaps_[gap_first_];
  gap_first_ = (gap_first_ + 1) % gaps_.size();
  --gap_count_;
  return table_[gap.stream].gap_since_us == gap.since_us ? gap.stream : Table::none;
}

void TcpStreams::make_room(std::size_t bytes, std::size_t pieces) noexcept {
  ring_.make_room(bytes, pieces, [this](std::uint32_t slot) { lose_pieces(slot); });
}

void TcpStreams::advance(std::int64_t now_us) noexcept {
  const bool goes_back = now_us < now_us_;
  now_us_ = now_us;
  if (goes_back || now_us >= due_us_) expire();
}

SlotList& TcpStreams::list_of(Place place) noexcept {
  switch (place) {
    case Place::unconfirmed: return unconfirmed_;
    case Place::confirmed: return confirmed_;
    case Place::forgotten: return forgotten_;
    case Place::ended: return ended_;
    case Place::closing: break;
  }
  return closing_;
}

void TcpStreams::confirm(const StreamRun& run) noexcept {
  Stream& stream = table_[run.stream];
  if (stream.place != Place::unconfirmed) return;
  table_.unlink(unconfirmed_, run.stream);
  table_.append(confirmed_, run.stream);
  stream.place = Place::confirmed;
  stream.last_us = now_us_;
}

}  // namespace heptap
