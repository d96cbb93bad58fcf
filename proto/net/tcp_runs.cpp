// What comes out of TcpStreams: first of streams that end, then of those whose gap is not waited for
// any longer, then of the one whose segment came last.
#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

#include "proto/blank_line.hpp"
#include "proto/net/tcp_streams.hpp"

namespace heptap {

bool TcpStreams::next_run(StreamRun& out) noexcept {
  return next_closing(out) || next_overdue(out) || next_current(out);
}

bool TcpStreams::next_closing(StreamRun& out) noexcept {
  while (closing_.first != Table::none) {
    const std::uint32_t slot = closing_.first;
    Stream& stream = table_[slot];
    if (stream.waiting == 0 && has_gap(stream)) hop_gap(slot);
    if (stream.waiting != 0) {
      give(slot, true, out);
      return true;
    }
    drop(slot);
  }
  return false;
}

bool TcpStreams::next_overdue(StreamRun& out) noexcept {
  while (has_overdue()) {
    const std::uint32_t slot = overdue_;
    Stream& stream = table_[slot];
    const bool has_fresh = current_ == slot && !fresh_.empty();
    if (has_gap(stream) && (has_fresh || stream.waiting != 0)) {
      give(slot, true, out);
      return true;
    }
    overdue_ = Table::none;
    if (!has_gap(stream)) continue;
    hop_gap(slot);
    if (has_gap(stream)) note_gap(slot);
    if (stream.waiting == 0) {
      end(slot);
      continue;
    }
    give(slot, is_at_end(stream), out);
    return true;
  }
  return false;
}

bool TcpStreams::has_overdue() noexcept {
  while (overdue_ == Table::none && gap_count_ > 0 &&
         is_past(gaps_[gap_first_].since_us, limits_.gap_wait_us)) {
    overdue_ = take_oldest_gap();
  }
  return overdue_ != Table::none;
}

// Goes on behind what is missing, which may be all up to the FIN. Nothing waits in front of it.
void TcpStreams::hop_gap(std::uint32_t slot) noexcept {
  Stream& stream = table_[slot];
  const std::uint32_t to = stream.ahead != 0 ? ring_[stream.pieces.first].begin : stream.end;
  counts_.gap_bytes += to - stream.next;
  ++counts_.gaps;
  stream.next = to;
  stream.after_gap = true;
  stream.need = {};
  stream.gap_since_us = no_gap;
  if (stream.ahead != 0) join_pieces(slot);
}

bool TcpStreams::next_current(StreamRun& out) noexcept {
  if (current_ == Table::none) return false;
  const std::uint32_t slot = current_;
  const Stream& stream = table_[slot];
  const bool is_last = is_at_end(stream);
  if (stream.waiting + fresh_.size() == 0) {
    current_ = Table::none;
    if (is_last) end(slot);
    return false;
  }
  if (!is_last && !is_worth_asking(stream)) {
    keep_fresh();
    return false;
  }
  give(slot, is_last, out);
  return true;
}

bool TcpStreams::is_worth_asking(const Stream& stream) const noexcept {
  const std::size_t bytes = stream.waiting + fresh_.size();
  const StreamNeed& need = stream.need;
  if (bytes < need.bytes) return false;
  if (!need.blank_line || bytes >= need.without_line) return true;
  return !fresh_.empty() && ends_blank_line(stream.pieces.last, fresh_);
}

// Whether an empty line ends in these bytes; it may begin in the piece before them, and in the one
// before that.
bool TcpStreams::ends_blank_line(std::uint32_t before, Bytes bytes) const noexcept {
  if (last_blank_line_end(as_text(bytes)) != 0) return true;
  std::array<char, 4> edge{};
  std::size_t size = edge.size() - 2;
  std::size_t begin = size;
  for (; before != PieceRing::none && begin > 0; before = ring_[before].previous) {
    const std::string_view piece = as_text(ring_.bytes(before));
    for (std::size_t i = piece.size(); i > 0 && begin > 0;) edge[--begin] = piece[--i];
  }
  for (const std::uint8_t byte : bytes.first(std::min<std::size_t>(2, bytes.size()))) {
    edge[size++] = static_cast<char>(byte);
  }
  return last_blank_line_end({edge.data() + begin, size - begin}) != 0;
}

void TcpStreams::give(std::uint32_t slot, bool is_last, StreamRun& out) noexcept {
  Stream& stream = table_[slot];
  out = {.stream = slot,
         .bytes = gather(stream),
         .is_new = stream.is_new,
         .is_midway = stream.is_midway,
         .after_gap = stream.after_gap,
         .is_last = is_last};
  stream.is_new = stream.after_gap = false;
}

// The bytes in order, in one piece.
Bytes TcpStreams::gather(const Stream& stream) noexcept {
  marks_.clear();
  const bool has_fresh = current_ != Table::none && &table_[current_] == &stream;
  const Bytes fresh = has_fresh ? fresh_ : Bytes{};
  std::size_t size = 0;
  Bytes only = fresh;
  for (std::uint32_t at = stream.pieces.first; size < stream.waiting; at = ring_[at].next) {
    only = ring_.bytes(at);
    std::memcpy(scratch_.get() + size, only.data(), only.size());
    size += only.size();
    marks_.push_back({size, ring_[at].origin});
  }
  if (!fresh.empty()) marks_.push_back({size + fresh.size(), fresh_origin_});
  if (marks_.size() == 1) return only;
  if (!fresh.empty()) std::memcpy(scratch_.get() + size, fresh.data(), fresh.size());
  return {scratch_.get(), size + fresh.size()};
}

void TcpStreams::keep_fresh() noexcept {
  const std::uint32_t slot = current_;
  const Bytes fresh = fresh_;
  current_ = Table::none;
  fresh_ = {};
  if (fresh.empty()) return;
  Stream& stream = table_[slot];
  if (stream.waiting + fresh.size() > limits_.max_stream_bytes) lose_pieces(slot);
  make_room(fresh.size(), 1);
  const auto size = static_cast<std::uint32_t>(fresh.size());
  ring_.insert(stream.pieces, slot, stream.next - size, fresh, fresh_origin_);
  stream.waiting += size;
  counts_.held += size;
}

void TcpStreams::consume(const StreamRun& run, std::size_t used, const StreamNeed& need) noexcept {
  Stream& stream = table_[run.stream];
  if (run.is_last) used = run.bytes.size();
  counts_.read += used;
  const auto from_ring = static_cast<std::uint32_t>(std::min<std::size_t>(used, stream.waiting));
  ring_.release_front(stream.pieces, from_ring);
  stream.waiting -= from_ring;
  counts_.held -= from_ring;
  stream.need = need;
  if (current_ == run.stream) {
    fresh_ = fresh_.subspan(used - from_ring);
    keep_fresh();
  }
  const bool is_closing = stream.place == Place::closing;  // next_closing() lets it go
  if (run.is_last && !is_closing && is_at_end(stream)) end(run.stream);
}

std::size_t TcpStreams::forget(const StreamRun& run, bool for_good) noexcept {
  Stream& stream = table_[run.stream];
  const bool is_current = current_ == run.stream;
  const std::size_t rest = stream.waiting + stream.ahead;
  counts_.held -= rest;
  stream.waiting = stream.ahead = 0;
  const std::size_t read = rest + (is_current ? fresh_.size() : 0);
  counts_.read += read;
  if (is_current) {
    current_ = Table::none;
    fresh_ = {};
  }
  if (for_good && stream.place != Place::closing) {
    ignore(run.stream);
  } else {
    drop(run.stream);
  }
  return read;
}

TcpStreams::Marks::const_iterator TcpStreams::mark_of(std::size_t at) const noexcept {
  return std::upper_bound(marks_.begin(), marks_.end(), at,
                          [](std::size_t place, const Mark& mark) { return place < mark.end; });
}

PieceOrigin TcpStreams::origin(std::size_t begin, std::size_t end) const noexcept {
  auto mark = mark_of(begin);
  PieceOrigin youngest = mark->origin;
  while (mark->end < end) {
    ++mark;
    if (mark->origin.time_us > youngest.time_us) youngest = mark->origin;
  }
  return youngest;
}

std::size_t TcpStreams::segment_end(std::size_t at) const noexcept { return mark_of(at)->end; }

std::size_t TcpStreams::last_segment() const noexcept {
  return marks_.size() < 2 ? 0 : marks_[marks_.size() - 2].end;
}

}  // namespace heptap
