// Fragments wait as whole DATA chunks, header and all, in runs of one message without a gap. A chunk
// is held against the ends of the runs only, of which there are few: whatever order a stranger makes
// up, it costs no walk over what waits.
//
// The ring orders by places that wrap around at 2^32; a TSN takes 2^16 of them, more than any chunk is
// long. So the place of a TSN is that of another one 2^16 later, and what stays behind must be gone by
// then.
#include "proto/net/sctp_messages.hpp"

#include <algorithm>
#include <cstring>

namespace heptap {
namespace {

namespace chunk_type {
constexpr std::uint8_t data = 0;
constexpr std::uint8_t init = 1;
constexpr std::uint8_t init_ack = 2;
constexpr std::uint8_t i_data = 64;
}  // namespace chunk_type

constexpr std::uint8_t flag_end = 0x01;
constexpr std::uint8_t flag_begin = 0x02;
constexpr std::size_t data_header_bytes = 16;
constexpr std::size_t i_data_header_bytes = 20;
constexpr std::int32_t tsn_reach = 1 << 14;  // twice as far, and places have no order any more

std::uint32_t place_of(std::uint32_t tsn) noexcept { return tsn << 16U; }

bool is_before(const Piece& a, const Piece& b) noexcept {
  return static_cast<std::int32_t>(a.begin - b.begin) < 0;
}

bool has_flag(Bytes chunk, std::uint8_t flag) noexcept { return (chunk[1] & flag) != 0; }

std::uint16_t stream_of(Bytes chunk) noexcept {
  ByteReader r{chunk};
  r.skip(8);
  return r.be16();
}

}  // namespace

SctpMessages::SctpMessages(const SctpLimits& limits)
    : limits_(limits),
      table_(limits.max_associations, limits.seed),
      ring_(std::max<std::size_t>(limits.max_bytes, 1 << 17)),
      assembled_(new std::uint8_t[limits.max_message_bytes]) {}

TableUse SctpMessages::use() const noexcept {
  TableUse use = table_.use();
  use += ring_.use();
  use.memory_bytes += limits_.max_message_bytes;
  return use;
}

void SctpMessages::take(const Packet& packet, std::int64_t time_us, std::int64_t now_us) noexcept {
  flow_ = flow_of(packet);
  tag_ = packet.sctp_tag;
  origin_ = origin_of(packet, time_us);
  chunks_ = packet.payload;
  is_truncated_ = packet.truncated;
  if (is_truncated_) ++counts_.truncated;
  now_us_ = now_us;
  expire();
}

// The list is in the order of its times, as long as nothing in it is of later than now.
void SctpMessages::expire() noexcept {
  while (by_age_.last != Table::none && table_[by_age_.last].last_us > now_us_) {
    forget(by_age_.last);
  }
  while (by_age_.first != Table::none &&
         now_us_ - table_[by_age_.first].last_us > limits_.max_age_us) {
    forget(by_age_.first);
  }
}

bool SctpMessages::next(Bytes& message) noexcept {
  Chunk chunk;
  while (next_chunk(chunk)) {
    if (chunk.type == chunk_type::data) {
      if (take_data(chunk, message)) return true;
    } else if (chunk.type == chunk_type::init || chunk.type == chunk_type::init_ack) {
      begin_anew(chunk.tsn);
    }
  }
  return false;
}

// Unless it is the INIT of the association that is there, copied by the mirror.
void SctpMessages::begin_anew(std::uint32_t tsn) noexcept {
  const std::uint32_t slot = table_.find(flow_);
  if (slot == Table::none) return;
  const Association& association = table_[slot];
  const std::uint32_t behind = association.highest_tsn - tsn;
  if (behind >= seen_count || !association.seen[behind]) forget(slot);
}

bool SctpMessages::next_chunk(Chunk& out) noexcept {
  if (chunks_.empty()) return false;
  ByteReader r{chunks_};
  out.type = r.u8();
  out.flags = r.u8();
  const std::size_t length = r.be16();
  const bool is_data = out.type == chunk_type::data;
  const std::size_t least = is_data ? data_header_bytes + 1 : 4;
  const bool is_there = r.ok() && length <= chunks_.size();
  if (!is_there || length < least) {
    if (is_there || !is_truncated_) ++counts_.malformed;
    chunks_ = {};
    return false;
  }
  const Bytes chunk = chunks_.first(length);
  chunks_ = chunks_.subspan(std::min((length + 3) / 4 * 4, chunks_.size()));
  if (out.type == chunk_type::i_data && length > i_data_header_bytes) {
    counts_.entered += length - i_data_header_bytes;
    counts_.unsupported += length - i_data_header_bytes;
  }
  if (!is_data) {
    r.skip(12);  // of INIT: tag, window, streams
    out.tsn = r.be32();
    return true;
  }
  out.tsn = r.be32();
  out.bytes = chunk;
  out.data = chunk.subspan(data_header_bytes);
  return true;
}

bool SctpMessages::take_data(const Chunk& chunk, Bytes& message) noexcept {
  counts_.entered += chunk.data.size();
  const std::uint32_t slot = association_of(flow_);
  if (is_repeated(slot, chunk.tsn)) {
    counts_.repeated += chunk.data.size();
    return false;
  }
  if ((chunk.flags & flag_begin) != 0 && (chunk.flags & flag_end) != 0) {
    message = chunk.data;
    counts_.left += chunk.data.size();
    ++counts_.messages;
    return true;
  }
  ring_.make_room(chunk.bytes.size(), 1, [this](std::uint32_t owner) { lose_fragments(owner); });
  PieceList run = PieceRing::empty_list;
  ring_.insert(run, slot, place_of(chunk.tsn), chunk.bytes, origin_);
  counts_.held += chunk.data.size();
  return put_together(slot, run, message);
}

// Also notes it. What is too old to be remembered was there, too.
bool SctpMessages::is_repeated(std::uint32_t slot, std::uint32_t tsn) noexcept {
  Association& association = table_[slot];
  const auto jump = static_cast<std::int32_t>(tsn - association.highest_tsn);
  if (jump <= -seen_count && jump >= -tsn_reach && !association.is_new) return true;
  if (association.is_new || jump > tsn_reach || jump < -tsn_reach) {
    lose_fragments(slot);
    association.is_new = false;
    association.highest_tsn = tsn;
    association.seen.reset();
  } else if (jump > 0) {
    association.highest_tsn = tsn;
    association.seen <<= static_cast<std::size_t>(jump);
    lose_old_runs(slot);
  }
  auto bit = association.seen[association.highest_tsn - tsn];
  const bool was_seen = bit;
  bit = true;
  return was_seen;
}

// Puts a run among the others, joined to its neighbours. True when that makes a message.
bool SctpMessages::put_together(std::uint32_t slot, PieceList run, Bytes& message) noexcept {
  Association& association = table_[slot];
  const auto& runs = association.runs;
  std::uint32_t at = association.run_count;  // where it belongs
  while (at > 0 && is_before(ring_[run.first], ring_[runs[at - 1].first])) --at;
  if (at < association.run_count && follows(run, runs[at])) {
    run = ring_.join(run, take_out(association, at));
  }
  if (at > 0 && follows(runs[at - 1], run)) run = ring_.join(take_out(association, --at), run);
  if (is_whole(run)) return assemble(run, message);
  put_in(association, at, run);
  if (association.run_count > max_runs) lose_run(slot, 0);
  return false;
}

// Whether two runs are of one message: TSNs in a row, one stream, no end and no beginning between.
bool SctpMessages::follows(const PieceList& a, const PieceList& b) const noexcept {
  const Bytes end = ring_.bytes(a.last);
  const Bytes begin = ring_.bytes(b.first);
  return ring_[b.first].begin - ring_[a.last].begin == place_of(1) && !has_flag(end, flag_end) &&
         !has_flag(begin, flag_begin) && stream_of(end) == stream_of(begin);
}

bool SctpMessages::is_whole(const PieceList& run) const noexcept {
  return has_flag(ring_.bytes(run.first), flag_begin) && has_flag(ring_.bytes(run.last), flag_end);
}

bool SctpMessages::assemble(PieceList run, Bytes& message) noexcept {
  std::size_t size = 0;
  bool fits = true;
  for (std::uint32_t at = run.first; at != PieceRing::none; at = ring_[at].next) {
    const Bytes data = ring_.bytes(at).subspan(data_header_bytes);
    fits = fits && size + data.size() <= limits_.max_message_bytes;
    if (fits) std::memcpy(assembled_.get() + size, data.data(), data.size());
    size += data.size();
  }
  ring_.release(run);
  counts_.held -= size;
  (fits ? counts_.left : counts_.over_limit) += size;
  if (!fits) return false;
  ++counts_.messages;
  message = {assembled_.get(), size};
  return true;
}

std::uint32_t SctpMessages::association_of(const FlowKey& key) noexcept {
  std::uint32_t slot = table_.find(key);
  if (slot == Table::none) {
    if (table_.is_full()) forget(by_age_.first);
    slot = table_.add(key);
    table_[slot].is_new = true;
  } else {
    if (table_[slot].tag != tag_) {  // the ports are used again
      lose_fragments(slot);
      table_[slot].is_new = true;
    }
    table_.unlink(by_age_, slot);
  }
  table_[slot].tag = tag_;
  table_[slot].last_us = now_us_;
  table_.append(by_age_, slot);
  return slot;
}

void SctpMessages::forget(std::uint32_t slot) noexcept {
  lose_fragments(slot);
  table_.unlink(by_age_, slot);
  table_.remove(slot);
}

void SctpMessages::lose_fragments(std::uint32_t slot) noexcept {
  while (table_[slot].run_count > 0) lose_run(slot, table_[slot].run_count - 1);
}

// Those that begin so far behind that their message was lost.
void SctpMessages::lose_old_runs(std::uint32_t slot) noexcept {
  const Association& association = table_[slot];
  const std::uint32_t highest = place_of(association.highest_tsn);
  while (association.run_count > 0 &&
         highest - ring_[association.runs[0].first].begin > place_of(tsn_reach)) {
    lose_run(slot, 0);
  }
}

void SctpMessages::lose_run(std::uint32_t slot, std::uint32_t at) noexcept {
  PieceList run = take_out(table_[slot], at);
  for (std::uint32_t i = run.first; i != PieceRing::none; i = ring_[i].next) {
    const std::size_t size = ring_.bytes(i).size() - data_header_bytes;
    counts_.held -= size;
    counts_.evicted += size;
  }
  ring_.release(run);
}

PieceList SctpMessages::take_out(Association& association, std::uint32_t at) noexcept {
  const auto begin = association.runs.begin();
  const PieceList out = association.runs[at];
  std::move(begin + at + 1, begin + association.run_count, begin + at);
  --association.run_count;
  return out;
}

void SctpMessages::put_in(Association& association, std::uint32_t at,
                          const PieceList& run) noexcept {
  const auto begin = association.runs.begin();
  std::move_backward(begin + at, begin + association.run_count, begin + association.run_count + 1);
  association.runs[at] = run;
  ++association.run_count;
}

}  // namespace heptap
