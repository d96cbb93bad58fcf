#include "agent/pipeline/outlet.hpp"

#include <algorithm>
#include <bit>
#include <utility>

#include "agent/pipeline/pool_hash.hpp"
#include "agent/report/call_json_shape.hpp"

namespace heptap {
namespace {

// What was made of packets has the addresses of those.
Packet packet_of(const hep::Message& message) noexcept {
  Packet packet;
  packet.source = message.source;
  packet.destination = message.destination;
  packet.source_port = message.source_port;
  packet.destination_port = message.destination_port;
  packet.ip_protocol = message.ip_protocol;
  packet.traffic_class = message.ip_tos;
  packet.vlan_id = message.vlan_id;
  packet.payload = message.payload;
  return packet;
}

// before    messages that came when there was no plan
LedgerStage plan_stage(const PlanCounts& counts, std::uint64_t before) {
  LedgerStage stage{.name = "plan",
                    .entered = before + counts.entered,
                    .left = before + counts.fates[PlanFate::sent]};
  for_each<PlanFate>([&](PlanFate fate) {
    if (fate != PlanFate::sent) add_line(stage.dropped, to_string(fate), counts.fates[fate]);
  });
  std::uint64_t errors = 0;
  for (const RuleCounts& rule : counts.rules) errors += rule.errors;
  add_line(stage.noted, "script_errors", errors);
  add_line(stage.noted, "fields_cut", counts.fields_cut);
  return stage;
}

LedgerStage encode_stage(const OutletCounts& counts) {
  LedgerStage stage{.name = "encode", .entered = counts.entered, .left = counts.encoded};
  add_line(stage.dropped, "over_limit", counts.over_limit);
  add_line(stage.dropped, "unmaskable", counts.unmaskable);
  add_line(stage.dropped, "ring_full", counts.ring_full);
  add_line(stage.dropped, "ring_closed", counts.ring_closed);
  add_line(stage.noted, "cut", counts.cut);
  add_line(stage.noted, "vendor_chunks", counts.vendor_chunks);
  return stage;
}

bool is_report_as_ours(const hep::HepView& view) noexcept {
  switch (static_cast<hep::PayloadType>(view.payload_type)) {
    case hep::PayloadType::rtcp_json:
    case hep::PayloadType::rtp_report_json:
    case hep::PayloadType::vq_rtcpxr: return true;
    case hep::PayloadType::log: return is_call_json(as_text(view.payload));  // or anything at all
    case hep::PayloadType::sip: break;
  }
  return false;
}

// Whether a rule that must read a message would have masked it, for all.
bool might_mask(const PlanRunner* runner, const Verdict& verdict) noexcept {
  if (runner == nullptr || !runner->plan().has_masks()) return false;
  const auto& rules = runner->plan().rules().rules;
  return std::any_of(rules.begin(), rules.end(), [&](const PlanRule& rule) {
    return rule.masks.any() && (!rule.send || verdict.rule == Verdict::no_rule);
  });
}

}  // namespace

std::vector<LedgerStage> Outlet::stages() const {
  std::vector<LedgerStage> stages;
  if (plan_) stages.push_back(plan_stage(plan_->counts(), before_plan_));
  stages.push_back(encode_stage(counts_));
  stages.back().joined = counts_.copies;
  stages.back().joined_from = "copies";
  return stages;
}

void Outlet::set_plan(PlanRoutes routes, PlanRunner::Log log) {
  bits_ = std::move(routes.bits);
  all_ = 0;
  for (const unsigned bit : bits_) all_ |= std::uint64_t{1} << bit;
  pools_ = std::move(routes.pools);
  pool_parts_ = routes.pool_parts;
  for (const Pool& pool : pools_) all_ &= ~pool.members();
  healthy_ = routes.healthy;
  if (routes.plan == nullptr) return;
  if (plan_) {
    plan_->set_plan(std::move(routes.plan), std::move(routes.scopes));
  } else {
    before_plan_ = counts_.entered;
    plan_.emplace(std::move(routes.plan), std::move(routes.scopes));
  }
  plan_->set_log(std::move(log));
  asks_for_calls_ = plan_->plan().asks_for(FieldNeed::calls);
  asks_for_copies_ = plan_->plan().asks_for(FieldNeed::copies);
}

// encode    writes into the slot; gives the frame's size, 0 when there is none
template <class Encode>
void Outlet::put(std::size_t bound_bytes, std::uint64_t collectors, std::int64_t time_us,
                 Encode encode) noexcept {
  ++counts_.entered;
  auto slot = ring_.reserve(bound_bytes);
  while (slot.empty()) {
    if (when_full_ == WhenFull::drop && !ring_.closed()) return void(++counts_.ring_full);
    if (!ring_.wait_for_space(bound_bytes)) return void(++counts_.ring_closed);
    slot = ring_.reserve(bound_bytes);
  }
  const std::size_t size_bytes = encode(slot);
  if (size_bytes == 0) return void(++counts_.over_limit);
  ring_.commit(size_bytes, collectors, time_us);
  ++counts_.encoded;
}

void Outlet::put(const hep::Message& message, const PlanDelivery& to, const SipView* sip) noexcept {
  put(encoder_.bound_bytes(message), to.collectors, message.time_us,
      [&](std::span<std::uint8_t> slot) noexcept -> std::size_t {
        const auto encoded = encoder_.encode(message, slot);
        if (!encoded) return 0;
        if (encoded->cut) ++counts_.cut;
        const auto copy = slot.first(encoded->size_bytes).last(encoded->payload_bytes);
        if (to.masks.any()) mask(sip, message.payload, copy, to.masks);
        return encoded->size_bytes;
      });
}

void Outlet::put(const hep::Relay& relay, const hep::HepView& view, Bytes frame,
                 std::int64_t arrival_us, const PlanDelivery& to, const hep::Marks& marks,
                 const SipView* sip) noexcept {
  put(relay.bound_bytes(frame, marks), to.collectors, arrival_us,
      [&](std::span<std::uint8_t> slot) noexcept -> std::size_t {
        const auto relayed = relay.encode(frame, view, slot, marks);
        if (!relayed) return 0;
        counts_.vendor_chunks += relayed->chunks_left_out;
        const auto copy = slot.first(relayed->size_bytes).last(view.payload.size());
        if (to.masks.any()) mask(sip, view.payload, copy, to.masks);
        return relayed->size_bytes;
      });
}

void Outlet::mask(const SipView* sip, Bytes payload, std::span<std::uint8_t> copy,
                  const SipMasks& masks) const noexcept {
  const MaskKey& key = plan_->plan().mask_key();
  if (sip != nullptr) {
    mask_sip(*sip, payload, copy, masks, key);
  } else {
    mask_report(payload, copy, masks, key);
  }
}

// gives     bits of the ring for bits of the plan: those of collectors come first, then those of pools
std::uint64_t Outlet::routed(std::uint64_t collectors, std::string_view call_id) noexcept {
  if (collectors == Verdict::every_collector) {
    return pools_.empty() ? all_ : all_ | pooled(~pool_parts_, call_id);
  }
  std::uint64_t out = 0;
  for (; collectors != 0; collectors &= collectors - 1) {
    const auto name = static_cast<std::size_t>(std::countr_zero(collectors));
    if (name >= bits_.size()) return out | pooled(collectors >> bits_.size(), call_id);
    out |= std::uint64_t{1} << bits_[name];
  }
  return out;
}

// pools     bit i: the i-th pool
std::uint64_t Outlet::pooled(std::uint64_t pools, std::string_view call_id) noexcept {
  const std::uint64_t healthy =
      healthy_ == nullptr ? Verdict::every_collector : healthy_->load(std::memory_order_relaxed);
  const PoolKey key{.call = pool_call_hash(call_id), .turn = turn_};
  if (key.call == 0) ++turn_;
  std::uint64_t out = 0;
  for (std::size_t i = 0; i < pools_.size(); ++i) {
    if ((pools >> i & 1U) != 0) out |= pools_[i].choose(key, healthy);
  }
  return out;
}

// put       takes a delivery, with bits of the ring
template <class Put>
void Outlet::deliver(const PlanSubject& subject, Put put) noexcept {
  if (!plan_) return put(PlanDelivery{all_, {}});
  const Verdict verdict = plan_->decide(subject);
  if (verdict.fate != PlanFate::sent) return;
  std::uint64_t served = 0;
  for (const PlanDelivery& one : verdict.deliveries()) {
    const std::uint64_t collectors = routed(one.collectors, subject.call_id) & ~served;
    if (served != 0 && collectors == 0) continue;  // a pool has chosen who has it already
    if (served != 0) ++counts_.copies;
    served |= collectors;
    put(PlanDelivery{collectors, one.masks}, verdict);
  }
}

void Outlet::offer(const hep::Message& message, const PlanSubject& subject) noexcept {
  if (!plan_) return put(message, {all_, {}}, nullptr);
  if (subject.sip != nullptr) latest_us_ = subject.time_us;
  hep::Message out = message;
  deliver(subject, [&](const PlanDelivery& to, const Verdict& verdict = {}) {
    out.marks = verdict.marks;
    put(out, to, subject.sip);
  });
}

void Outlet::offer(const hep::Message& message, const PlanReport& report) noexcept {
  if (!plan_) return put(message, {all_, {}}, nullptr);
  const Packet packet = packet_of(message);
  const bool is_rtcp = message.type == hep::PayloadType::rtcp_json;
  offer(message, {.kind = is_rtcp ? SubjectKind::rtcp : SubjectKind::report,
                  .packet = &packet,
                  .time_us = is_rtcp || latest_us_ == 0 ? message.time_us : latest_us_,
                  .call_id = report.call_id,
                  .call_hash = report.call_hash,
                  .payload_type = static_cast<std::uint8_t>(message.type),
                  .report = &report});
}

// A message that is SIP and cannot be read, one that is compressed, and what nobody knows the shape of cannot
// be masked; of the first two, it cannot be told either which rule would have masked it.
void Outlet::forward(const hep::Relay& relay, const hep::HepView& view, Bytes frame,
                     std::int64_t arrival_us, const PlanSubject& subject) noexcept {
  const bool is_sip = view.payload_type == static_cast<std::uint8_t>(hep::PayloadType::sip);
  const auto can_mask = [&] {
    if (view.payload.empty() || !view.compressed_payload.empty()) return false;
    return is_sip ? subject.sip != nullptr : is_report_as_ours(view);
  };
  deliver(subject, [&](const PlanDelivery& to, const Verdict& verdict = {}) {
    const bool is_open = !to.masks.any() && !(is_sip && might_mask(plan(), verdict));
    if (is_open || can_mask())
      return put(relay, view, frame, arrival_us, to, verdict.marks, subject.sip);
    ++counts_.entered;
    ++counts_.unmaskable;
  });
}

}  // namespace heptap
