#include "agent/calls/call_shard.hpp"

#include <algorithm>
#include <cstdlib>

#include "agent/calls/call_state.hpp"
#include "proto/sip/cseq.hpp"
#include "proto/sip/name_addr.hpp"
#include "proto/sip/uri.hpp"

namespace heptap {
namespace {

// Into the room that `out` has from the calls before.
void put(std::string_view text, std::string& out) {
  out.assign(text.substr(0, CallDetails::max_text_bytes));
  if (text.size() > CallDetails::max_text_bytes) out.append("…");
}

// user@host of a From or To value; what cannot be parsed stays as it is.
void put_address_of_record(std::string_view value, std::string& out) {
  const auto party = parse_name_addr(value);
  if (!party) return put(value, out);
  const auto uri = parse_uri(party->uri);
  if (!uri) return put(party->uri, out);
  if (uri->host.empty()) return put(uri->user.empty() ? party->uri : uri->user, out);
  if (uri->user.empty()) return put(uri->host, out);
  out.assign(uri->user.substr(0, CallDetails::max_text_bytes)).append("@").append(uri->host);
  if (out.size() <= CallDetails::max_text_bytes) return;
  out.resize(CallDetails::max_text_bytes);
  out.append("…");
}

void note_request(Call& call, SipMethod method, std::int64_t time_us) noexcept {
  if (method == SipMethod::bye && call.ended_us == 0) call.ended_us = time_us;
  const auto end = call.methods.begin() + call.method_count;
  if (call.method_count == call.methods.size() ||
      std::find(call.methods.begin(), end, method) != end) {
    return;
  }
  call.methods[call.method_count++] = method;
}

void note_response(Call& call, SipMethod method, int status, std::int64_t time_us) noexcept {
  if (call.opened_by == SipMethod::other) call.opened_by = method;
  if (method != call.opened_by) return;
  if (status < 200) {
    call.has_provisional = true;
    return;
  }
  if (call.answered_us != 0) return;  // what a re-INVITE gets does not change how the call went
  call.final_status = static_cast<std::uint16_t>(status);
  if (method == SipMethod::invite && status < 300 && call.answered_us == 0) {
    call.answered_us = time_us;
  }
}

}  // namespace

CallShard::CallShard(CallLimits limits, OnCallLeaves on_leave)
    : limits_(limits),
      on_leave_(std::move(on_leave)),
      index_(std::max<std::size_t>(limits.max_entries, 1)) {
  limits_.max_entries = std::max<std::size_t>(limits_.max_entries, 1);
  slots_.reserve(limits_.max_entries);
  free_.reserve(limits_.max_entries);
}

void CallShard::update(std::uint64_t hash, const SipView& sip, const Packet& packet,
                       std::int64_t time_us, std::uint32_t digest) {
  if (sip.call_id().empty()) {
    ++counts_.no_call_id;
    return;
  }
  Call& call = entry_of(hash, sip, packet, time_us);
  ++call.message_count;
  note_digest(call, digest);
  call.first_us = std::min(call.first_us, time_us);
  call.last_us = std::max(call.last_us, time_us);
  if (sip.is_request()) {
    const SipMethod method = method_of(sip.method());
    if (call.opened_by == SipMethod::other) call.opened_by = method;
    note_request(call, method, time_us);
    return;
  }
  note_response(call, method_of(transaction_method(sip)), sip.status_code(), time_us);
}

Call& CallShard::entry_of(std::uint64_t hash, const SipView& sip, const Packet& packet,
                          std::int64_t time_us) {
  if (const auto found = index_.find(hash); found != SlotIndex::none) return slots_[found];
  const std::uint32_t slot = free_slot(time_us);
  index_.insert(hash, slot);
  ++counts_.opened;
  Call& call = slots_[slot];
  call = Call{.first_us = time_us, .last_us = time_us};
  if (limits_.keep_details) note_details(slot, sip, packet);
  return call;
}

std::uint32_t CallShard::free_slot(std::int64_t now_us) {
  sweep(now_us);
  if (free_.empty() && slots_.size() == limits_.max_entries) evict_one();
  if (!free_.empty()) {
    const auto slot = free_.back();
    free_.pop_back();
    return slot;
  }
  slots_.emplace_back();
  if (limits_.keep_details) details_.emplace_back();
  return static_cast<std::uint32_t>(slots_.size() - 1);
}

// Two entries for each one that comes: the hand passes the whole table before it can fill again.
void CallShard::sweep(std::int64_t now_us) {
  for (int step = 0; step < 2 && !slots_.empty(); ++step) {
    hand_ = hand_ + 1 < slots_.size() ? hand_ + 1 : 0;
    const Call& call = slots_[hand_];
    if (call.message_count == 0 || now_us - call.last_us <= limits_.max_age.count()) continue;
    leave(static_cast<std::uint32_t>(hand_));
    ++counts_.expired;
  }
}

// The one of the next eight that has been silent longest: close enough to the oldest, and cheap.
void CallShard::evict_one() {
  std::size_t oldest = hand_;
  for (std::size_t i = 0; i < std::min<std::size_t>(8, slots_.size()); ++i) {
    hand_ = hand_ + 1 < slots_.size() ? hand_ + 1 : 0;
    if (slots_[hand_].last_us < slots_[oldest].last_us) oldest = hand_;
  }
  leave(static_cast<std::uint32_t>(oldest));
  ++counts_.evicted;
}

void CallShard::leave(std::uint32_t slot) {
  Call& call = slots_[slot];
  if (on_leave_) {
    if (limits_.keep_details) {
      details_[slot].give(last_);
      last_.hash = index_.hash_of(slot);
    }
    on_leave_(call, last_);
  }
  index_.erase(slot);
  call.message_count = 0;
  free_.push_back(slot);
}

TableUse CallShard::use() const noexcept {
  TableUse use;
  use.entries = size();
  use.max_entries = limits_.max_entries;
  use.memory_bytes = slots_.capacity() * sizeof(Call) + free_.capacity() * sizeof(std::uint32_t) +
                     details_.capacity() * sizeof(KeptDetails) + index_.memory_bytes();
  return use;
}

// One that is up may be silent for as long as it likes, and one that had no more than a provisional
// response rings until timer C. What nobody answered is over with timer B: copies of the INVITE come at
// half that time at most.
bool CallShard::is_long_over(std::uint64_t hash, std::int64_t now_us) const noexcept {
  const std::uint32_t slot = index_.find(hash);
  if (slot == SlotIndex::none) return false;
  const Call& call = slots_[slot];
  if (call.answered_us != 0 && call.ended_us == 0) return false;
  const bool rings = call.has_provisional && call.final_status == 0;
  return now_us - call.last_us >= (rings ? sip_timers::timer_c_us : sip_timers::timeout_us);
}

void CallShard::end(std::uint64_t hash) {
  const std::uint32_t slot = index_.find(hash);
  if (slot != SlotIndex::none) leave(slot);
}

void CallShard::note_media(std::uint64_t hash, std::int64_t time_us) noexcept {
  const std::uint32_t slot = index_.find(hash);
  if (slot == SlotIndex::none) return;
  Call& call = slots_[slot];
  if (call.ended_us == 0) call.last_us = std::max(call.last_us, time_us);
}

bool CallShard::look_up(std::uint64_t hash, Call& call, CallDetails& details) const {
  const std::uint32_t slot = index_.find(hash);
  if (slot == SlotIndex::none) return false;
  call = slots_[slot];
  if (limits_.keep_details) {
    details_[slot].give(details);
    details.hash = hash;
  }
  return true;
}

// A call without the details that are kept now begins anew with its next message, which has them.
void CallShard::restore(std::uint64_t hash, const Call& call, const CallDetails& details,
                        std::int64_t now_us) {
  const bool lacks_details = limits_.keep_details && details.call_id.empty();
  const bool is_old = std::abs(now_us - call.last_us) > limits_.max_age.count();
  if (lacks_details || is_old || contains(hash)) {
    ++counts_.outdated;
    return;
  }
  const std::uint32_t slot = free_slot(now_us);
  index_.insert(hash, slot);
  slots_[slot] = call;
  if (limits_.keep_details) details_[slot].keep(details);
  ++counts_.restored;
}

void CallShard::finish() {
  std::vector<std::uint32_t> order;
  for (std::uint32_t slot = 0; slot < slots_.size(); ++slot) {
    if (slots_[slot].message_count != 0) order.push_back(slot);
  }
  std::sort(order.begin(), order.end(), [this](std::uint32_t a, std::uint32_t b) {
    const Call& left = slots_[a];
    const Call& right = slots_[b];
    return left.first_us != right.first_us ? left.first_us < right.first_us : a < b;
  });
  for (const auto slot : order) leave(slot);
}

void CallShard::note_digest(Call& call, std::uint32_t digest) noexcept {
  if (std::find(call.recent.begin(), call.recent.end(), digest) != call.recent.end()) {
    ++counts_.retransmissions;
    return;
  }
  call.recent[call.recent_next] = digest;
  call.recent_next = static_cast<std::uint8_t>((call.recent_next + 1U) % call.recent.size());
}

void CallShard::note_details(std::uint32_t slot, const SipView& sip, const Packet& packet) {
  put(sip.call_id(), last_.call_id);
  put_address_of_record(sip.first(HeaderId::from), last_.from);
  put_address_of_record(sip.first(HeaderId::to), last_.to);
  last_.flow = flow_of(packet);
  last_.ip_protocol = packet.ip_protocol;
  details_[slot].keep(last_);
}

}  // namespace heptap
