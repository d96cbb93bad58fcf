#include "agent/hep_receiver.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstdlib>

#include "proto/hep/text.hpp"
#include "transport/wall_clock.hpp"

namespace heptap {
namespace {

std::string_view name_of(Refusal why) noexcept {
  switch (why) {
    case Refusal::too_large: return "too_large";
    case Refusal::missing_key: return "missing_key";
    case Refusal::wrong_key: return "wrong_key";
    case Refusal::own_node: return "own_node";
    case Refusal::none:
    case Refusal::count_: break;
  }
  return "?";
}

std::string_view describe(Refusal why) noexcept {
  switch (why) {
    case Refusal::too_large: return "larger than collectors take";
    case Refusal::missing_key: return "has no auth key";
    case Refusal::wrong_key: return "wrong auth key";
    case Refusal::own_node:
      return "carries our own node id and name, it goes in a circle or another agent has both";
    case Refusal::none:
    case Refusal::count_: break;
  }
  return "?";
}

}  // namespace

HepReceiver::HepReceiver(const HepSourceOptions& options, const hep::Identity& identity,
                         Outlet& outlet, RelayedSip& sip, PeerLog& log)
    : auth_key_(options.auth_key),
      nodes_(options.nodes),
      node_id_(identity.node_id),
      node_name_(hep::sanitized(identity.node_name)),
      relay_(identity, options.nodes),
      outlet_(outlet),
      sip_(sip),
      log_(log),
      intake_([this](const Peer& peer, const hep::HepView& view,
                     Bytes frame) { take(peer, view, frame); },
              [this](const Peer& peer, std::string_view why) { refuse(peer, why); }) {}

void HepReceiver::set_identity(const hep::Identity& identity) {
  node_id_ = identity.node_id;
  node_name_ = hep::sanitized(identity.node_name);
  relay_ = hep::Relay(identity, nodes_);
}

void HepReceiver::on_datagram(const Peer& peer, std::span<const std::uint8_t> bytes) {
  intake_.take_datagram(peer, bytes);
}

StreamVerdict HepReceiver::on_stream(const Peer& peer, std::span<const std::uint8_t> bytes) {
  const auto taken = intake_.take_stream(peer, bytes);
  return {.consumed = taken.value_or(bytes.size()), .close = !taken};
}

void HepReceiver::on_close(const Peer& peer, std::span<const std::uint8_t> unconsumed) {
  intake_.take_rest(peer, unconsumed);
}

void HepReceiver::on_overflow(std::uint64_t datagrams) { intake_.count_overflow(datagrams); }

void HepReceiver::take(const Peer& peer, const hep::HepView& view, Bytes frame) {
  const Refusal why = judge(view, frame);
  ++judged_[why];
  if (why != Refusal::none) return refuse(peer, describe(why));
  const std::int64_t arrival_us = wall_time_us();
  const bool is_sip = view.payload_type == static_cast<std::uint8_t>(hep::PayloadType::sip);
  const SipView* const sip = is_sip ? sip_.read(view) : nullptr;
  // A plan decides by what was known before the message, and is told of calls that are over.
  PlanSubject subject;
  const bool has_plan = outlet_.plan() != nullptr;
  if (has_plan) subject = subject_of(view, sip, arrival_us);
  if (is_sip) ++sip_fates_[take_sip(view, sip, arrival_us)];
  if (has_plan) return outlet_.forward(relay_, view, frame, arrival_us, subject);
  outlet_.forward(relay_, view, frame, arrival_us);
}

PlanSubject HepReceiver::subject_of(const hep::HepView& view, const SipView* sip,
                                    std::int64_t arrival_us) {
  PlanSubject subject = sip_.subject_of(view, sip, arrival_us);
  const auto time_us = outlet_.asks_for_calls() ? time_of(view, arrival_us) : std::nullopt;
  if (time_us) sip_.add_call(subject, *time_us);
  return subject;
}

Refusal HepReceiver::judge(const hep::HepView& view, Bytes frame) const noexcept {
  if (frame.size() > hep::max_frame_bytes) return Refusal::too_large;
  const bool has_key = auth_key_.empty() || view.auth_key == auth_key_;
  if (!has_key) return view.auth_key.empty() ? Refusal::missing_key : Refusal::wrong_key;
  return is_own(view) ? Refusal::own_node : Refusal::none;
}

// What has our name has it as the plan left it. Another agent that has our id, and our name with a suffix of
// ours, cannot be told from a circle, which would have no end: what is refused is counted and logged.
bool HepReceiver::is_own(const hep::HepView& view) const noexcept {
  const bool may_be = !node_name_.empty() && view.node_id == node_id_;
  if (!may_be || !view.node_name.starts_with(node_name_)) return false;
  const std::string_view suffix = view.node_name.substr(node_name_.size());
  if (suffix.empty() || outlet_.plan() == nullptr) return suffix.empty();
  const std::vector<PlanRule>& rules = outlet_.plan()->plan().rules().rules;
  return std::any_of(rules.begin(), rules.end(),
                     [&](const PlanRule& rule) { return rule.node_suffix == suffix; });
}

// What goes by time is common to all agents, and to what is captured here: one whose clock is fast must
// not end the calls of others, and nothing was sent after it came. One whose clock is slow must not have
// its requests time out before their answers come, nor what waited for a connection begin calls again
// that are over.
std::optional<std::int64_t> HepReceiver::time_of(const hep::HepView& view,
                                                 std::int64_t arrival_us) noexcept {
  const std::int64_t frame_us = view.time_us();
  if (std::abs(frame_us - arrival_us) > max_time_difference_us) return std::nullopt;
  return std::min(frame_us, arrival_us);
}

RelayedFate HepReceiver::take_sip(const hep::HepView& view, const SipView* sip,
                                  std::int64_t arrival_us) {
  if (const auto time_us = time_of(view, arrival_us)) return sip_.take(sip, *time_us);
  ++time_far_;
  return sip_.take_untimed(sip, arrival_us);
}

void HepReceiver::refuse(const Peer& peer, std::string_view why) {
  if (!log_.is_due(peer)) return;
  spdlog::warn("HEP of {}: frame refused: {} (said once a minute)", to_string(peer), why);
}

LedgerStage HepReceiver::stage(std::string name) const {
  LedgerStage stage = intake_.stage(std::move(name));
  stage.left = judged_[Refusal::none];
  for (int i = 1; i < static_cast<int>(Refusal::count_); ++i) {
    const auto why = static_cast<Refusal>(i);
    add_line(stage.dropped, name_of(why), judged_[why]);
  }
  add_line(stage.noted, "time_far", time_far_);
  add_line(stage.noted, "sip_copy", sip_fates_[RelayedFate::copy]);
  add_line(stage.noted, "sip_unread", sip_fates_[RelayedFate::unread]);
  return stage;
}

}  // namespace heptap
