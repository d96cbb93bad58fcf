#include "agent/calls/media_shard.hpp"

#include <algorithm>
#include <cstdlib>

namespace heptap {
namespace {

MediaLimits at_least_one(MediaLimits limits) {
  limits.max_calls = std::max<std::size_t>(limits.max_calls, 1);
  return limits;
}

void prefetch_lines(const MediaCall& call) noexcept {
  constexpr std::size_t line_bytes = 64;
  const auto* const bytes = static_cast<const char*>(static_cast<const void*>(&call));
  for (std::size_t at = 0; at < sizeof call; at += line_bytes) __builtin_prefetch(bytes + at);
}

void keep_text(MediaParts parts, std::uint32_t& chain, std::string_view text) noexcept {
  while (!text.empty()) {
    const std::uint32_t at = parts.texts.push_back(chain);
    if (at == no_node) return;
    text.copy(parts.texts[at].bytes.data(), TextBlock::max_bytes);
    text.remove_prefix(std::min(text.size(), TextBlock::max_bytes));
  }
}

// gives     how much was copied
std::size_t copy_text(const MediaParts& parts, std::uint32_t chain, std::size_t size,
                      char* out) noexcept {
  std::size_t done = 0;
  for (; chain != no_node && done < size; chain = parts.texts[chain].next) {
    const std::size_t piece = std::min(size - done, TextBlock::max_bytes);
    std::copy_n(parts.texts[chain].bytes.data(), piece, out + done);
    done += piece;
  }
  return done;
}

}  // namespace

MediaShard::MediaShard(const MediaLimits& limits, std::uint64_t seed)
    : limits_(at_least_one(limits)),
      seed_(seed),
      index_(limits_.max_calls),
      pools_(limits_.max_calls) {
  slots_.reserve(limits_.max_calls);
  free_.reserve(limits_.max_calls);
}

void MediaShard::expect(std::uint64_t hash) const noexcept {
  const std::uint32_t slot = index_.find(hash);
  if (slot != SlotIndex::none) return prefetch_lines(slots_[slot]);
  if (slots_.empty()) return;
  // A new call: two that the sweep looks at, and its own place.
  prefetch_lines(slots_[slot_after(hand_)]);
  prefetch_lines(slots_[slot_after(slot_after(hand_))]);
  if (!free_.empty()) prefetch_lines(slots_[free_.back()]);
}

void MediaShard::learn(std::uint64_t hash, const MediaLesson& lesson, std::int64_t time_us,
                       ClaimChanges& changes) noexcept {
  std::uint32_t slot = index_.find(hash);
  if (slot == SlotIndex::none) {
    const bool is_new_link = !lesson.link.empty() && lesson.event.signal == MediaSignal::invite;
    if (lesson.sdp == nullptr && !is_new_link) return;
    slot = open(hash, lesson, time_us, changes);
  }
  MediaCall& call = slots_[slot];
  call.first_us = std::min(call.first_us, time_us);
  call.last_us = std::max(call.last_us, time_us);
  if (call.link == no_node) keep_link(call, lesson.link);
  const MediaKeeping keep = keeping();
  MediaEdit(keep, call, changes).apply(lesson.event, lesson.sdp, lesson.content, time_us);
}

void MediaShard::forget(std::uint64_t hash, ClaimChanges& changes) noexcept {
  const std::uint32_t slot = index_.find(hash);
  if (slot == SlotIndex::none) return;
  leave(slot, changes);
  ++counts_.closed;
}

std::uint32_t MediaShard::open(std::uint64_t hash, const MediaLesson& lesson, std::int64_t time_us,
                               ClaimChanges& changes) noexcept {
  const std::uint32_t slot = free_slot(time_us, changes);
  index_.insert(hash, slot);
  ++counts_.opened;
  MediaCall& call = slots_[slot];
  call = MediaCall{};
  call.hash = hash;
  call.is_here = true;
  call.first_us = call.last_us = time_us;
  call.first_hop = lesson.event.hop;
  keep_call_id(call, lesson.call_id);
  return slot;
}

void MediaShard::keep_call_id(MediaCall& call, std::string_view text) noexcept {
  const std::string_view kept = text.substr(0, MediaText::max_call_id_bytes);
  keep_text({call, pools_}, call.call_id, kept);
  call.call_id_bytes = static_cast<std::uint16_t>(kept.size());
}

void MediaShard::keep_link(MediaCall& call, std::string_view text) noexcept {
  const std::string_view kept = text.substr(0, MediaText::max_link_bytes);
  keep_text({call, pools_}, call.link, kept);
  call.link_bytes = static_cast<std::uint8_t>(kept.size());
}

std::uint32_t MediaShard::free_slot(std::int64_t now_us, ClaimChanges& changes) noexcept {
  sweep(now_us, changes);
  if (is_short_of_room()) evict_one(changes);
  if (!free_.empty()) {
    const auto slot = free_.back();
    free_.pop_back();
    return slot;
  }
  slots_.emplace_back();
  return static_cast<std::uint32_t>(slots_.size() - 1);
}

// Of nodes, a call of usual size needs less than this.
bool MediaShard::is_short_of_room() const noexcept {
  if (index_.size() == 0) return false;
  if (free_.empty() && slots_.size() == limits_.max_calls) return true;
  constexpr std::size_t usual = 12;
  return pools_.descriptions.left() < usual || pools_.lines.left() < usual ||
         pools_.claims.left() < usual || pools_.payloads.left() < usual ||
         pools_.texts.left() < usual;
}

bool MediaShard::is_long_over(const MediaCall& call, std::int64_t now_us) const noexcept {
  const auto kept = std::max(limits_.linger, limits_.keep_over);
  return call.is_over() && now_us - call.ended_us > kept.count();
}

bool MediaShard::is_outdated(const MediaCall& call, std::int64_t now_us) const noexcept {
  return is_long_over(call, now_us) || std::abs(now_us - call.last_us) > limits_.max_age.count();
}

void MediaShard::restore(const SavedMedia& saved, std::int64_t now_us,
                         ClaimChanges& changes) noexcept {
  const std::uint64_t hash = saved.call.hash;
  if (is_outdated(saved.call, now_us) || index_.find(hash) != SlotIndex::none) {
    ++counts_.outdated;
    return;
  }
  const std::uint32_t slot = free_slot(now_us, changes);
  index_.insert(hash, slot);
  MediaCall& call = slots_[slot];
  call = saved.call;
  call.is_here = true;
  if (!call.is_over()) call.opened_us = now_us;  // media are late or missing as of now
  keep_call_id(call, saved.call_id);
  keep_link(call, saved.link);
  const MediaKeeping keep = keeping();
  MediaEdit(keep, call, changes).restore(saved);
  ++counts_.restored;
}

// Two entries for each one that comes: the hand passes the whole table before it can fill again.
void MediaShard::sweep(std::int64_t now_us, ClaimChanges& changes) noexcept {
  for (int step = 0; step < 2 && !slots_.empty(); ++step) {
    hand_ = slot_after(hand_);
    const MediaCall& call = slots_[hand_];
    if (!call.is_here) continue;
    const bool is_over = is_long_over(call, now_us);
    if (!is_over && now_us - call.last_us <= limits_.max_age.count()) continue;
    ++(is_over ? counts_.closed : counts_.expired);
    leave(static_cast<std::uint32_t>(hand_), changes);
  }
}

// Of the next eight that are here, one that is over, else the one that has been silent longest.
void MediaShard::evict_one(ClaimChanges& changes) noexcept {
  const auto rank = [this](std::size_t slot) {
    return std::pair(!slots_[slot].is_over(), slots_[slot].last_us);
  };
  std::size_t oldest = slots_.size();
  for (std::size_t seen = 0, i = 0; i < slots_.size() && seen < 8; ++i) {
    hand_ = slot_after(hand_);
    if (!slots_[hand_].is_here) continue;
    ++seen;
    if (oldest == slots_.size() || rank(hand_) < rank(oldest)) oldest = hand_;
  }
  leave(static_cast<std::uint32_t>(oldest), changes);
  ++counts_.evicted;
}

void MediaShard::leave(std::uint32_t slot, ClaimChanges& changes) noexcept {
  MediaCall& call = slots_[slot];
  const MediaKeeping keep = keeping();
  MediaEdit(keep, call, changes).forget();
  index_.erase(slot);
  call.is_here = false;
  free_.push_back(slot);
}

std::optional<MediaParty> MediaShard::sender(std::uint64_t hash,
                                             const MediaEvent& event) const noexcept {
  const std::uint32_t slot = index_.find(hash);
  if (slot == SlotIndex::none) return std::nullopt;
  const bool is_of_caller = slots_[slot].is_caller(event.from_tag);
  return is_of_caller == event.is_request ? MediaParty::caller : MediaParty::callee;
}

MediaWeight MediaShard::weigh(std::uint64_t hash, const MediaProbe& probe) noexcept {
  const std::uint32_t slot = index_.find(hash);
  if (slot == SlotIndex::none) return {};
  MediaCall& call = slots_[slot];
  return weigh_media({call, pools_}, call, probe, limits_, seed_);
}

bool MediaShard::take(std::uint64_t hash, const MediaProbe& probe, MediaMatch& out, MediaText& text,
                      ClaimChanges& changes) noexcept {
  const std::uint32_t slot = index_.find(hash);
  if (slot == SlotIndex::none) return false;
  MediaCall& call = slots_[slot];
  const MediaParts parts(call, pools_);
  const MediaWeight weight = weigh_media(parts, call, probe, limits_, seed_);
  if (!weight.fits) return false;
  call.last_us = std::max(call.last_us, probe.time_us);
  describe_match(parts, call, probe, weight, out);
  out.call_id = {text.call_id.data(),
                 copy_text(parts, call.call_id, call.call_id_bytes, text.call_id.data())};
  out.link = {text.link.data(), copy_text(parts, call.link, call.link_bytes, text.link.data())};
  learn_from(call, probe, out, changes);
  return true;
}

// Symmetric media: who sends from an address also receives there, and keeps its SSRC.
void MediaShard::learn_from(MediaCall& call, const MediaProbe& probe, const MediaMatch& match,
                            ClaimChanges& changes) noexcept {
  const MediaKeeping keep = keeping();
  MediaEdit edit(keep, call, changes);
  const auto kind = probe.is_rtcp ? MediaClaim::Kind::rtcp : MediaClaim::Kind::rtp;
  MediaClaim claim{
      .address = probe.source, .kind = kind, .media = match.media, .party = match.sender};
  if (match.found == MediaFound::destination || match.found == MediaFound::ssrc) edit.learn(claim);
  if (match.found == MediaFound::source) {
    claim.address = probe.destination;
    claim.party = opposite(match.sender);
    edit.learn(claim);
  }
  if (probe.ssrcs.empty()) return;
  edit.learn({.address = {.ip = probe.source.ip, .port = 0, .ssrc = probe.ssrcs.front()},
              .kind = MediaClaim::Kind::ssrc,
              .media = match.media,
              .party = match.sender});
}

std::optional<MediaCallState> MediaShard::state(std::uint64_t hash, std::int64_t time_us,
                                                MediaText& text) noexcept {
  const std::uint32_t slot = index_.find(hash);
  if (slot == SlotIndex::none) return std::nullopt;
  MediaCall& call = slots_[slot];
  call.last_us = std::max(call.last_us, time_us);
  MediaCallState out;
  const MediaParts parts(call, pools_);
  out.call_id = {text.call_id.data(),
                 copy_text(parts, call.call_id, call.call_id_bytes, text.call_id.data())};
  out.link = {text.link.data(), copy_text(parts, call.link, call.link_bytes, text.link.data())};
  if (call.is_answered) out.answered_us = call.answered_us;
  if (call.is_over()) out.ended_us = call.ended_us;
  out.opened_us = call.opened_us;
  return out;
}

std::string_view MediaShard::link(std::uint64_t hash, MediaText& text) noexcept {
  const std::uint32_t slot = index_.find(hash);
  if (slot == SlotIndex::none) return {};
  MediaCall& call = slots_[slot];
  return {text.link.data(),
          copy_text({call, pools_}, call.link, call.link_bytes, text.link.data())};
}

TableUse MediaShard::use() const noexcept {
  return {.entries = size(),
          .max_entries = limits_.max_calls,
          .memory_bytes = slots_.capacity() * sizeof(MediaCall) +
                          free_.capacity() * sizeof(std::uint32_t) + index_.memory_bytes() +
                          pools_.memory_bytes()};
}

}  // namespace heptap
