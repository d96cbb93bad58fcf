// What is known of every message, whatever it is. RTCP comes to a plan as the JSON it was made into.
#include <array>
#include <limits>
#include <optional>

#include "agent/plan/comparisons.hpp"
#include "agent/plan/field_groups.hpp"
#include "proto/net/tunnel.hpp"

namespace heptap::plan_fields {
namespace {

using Type = ValueType;

void payload(const PlanSubject& message, std::string_view /*header*/, FieldValues& out) noexcept {
  out.add_text(as_text(message.packet->payload));
}

void payload_bytes(const PlanSubject& message, std::string_view /*header*/,
                   FieldValues& out) noexcept {
  out.add_number(message.packet->payload.size());
}

void call_id(const PlanSubject& message, std::string_view /*header*/, FieldValues& out) noexcept {
  out.add_if(message.call_id);
}

void payload_type(const PlanSubject& message, std::string_view /*header*/,
                  FieldValues& out) noexcept {
  out.add_number(message.payload_type);
}

void interface_name(const PlanSubject& message, std::string_view /*header*/,
                    FieldValues& out) noexcept {
  out.add_if(message.interface);
}

void node(const PlanSubject& message, std::string_view /*header*/, FieldValues& out) noexcept {
  out.add_if(message.node);
}

void tunnels(const PlanSubject& message, std::string_view /*header*/, FieldValues& out) noexcept {
  for (int i = 0; i < static_cast<int>(Tunnel::count_); ++i) {
    const bool is_there = (message.packet->tunnels >> static_cast<unsigned>(i) & 1U) != 0;
    if (is_there) out.add_text(to_string(static_cast<Tunnel>(i)));
  }
}

void truncated(const PlanSubject& message, std::string_view /*header*/, FieldValues& out) noexcept {
  out.add_number(message.packet->truncated ? 1 : 0);
}

// Whose networks its ends are in.
void direction(const PlanSubject& message, std::string_view /*header*/, FieldValues& out) noexcept {
  if (message.local == nullptr) return;
  const bool is_from_us = contains(*message.local, message.packet->source);
  const bool is_to_us = contains(*message.local, message.packet->destination);
  if (is_from_us) return out.add_text(is_to_us ? "internal" : "outbound");
  out.add_text(is_to_us ? "inbound" : "external");
}

void call_state(const PlanSubject& message, std::string_view /*header*/,
                FieldValues& out) noexcept {
  out.add_if(message.call_state);
}

void duplicate(const PlanSubject& message, std::string_view /*header*/, FieldValues& out) noexcept {
  if (message.is_copy) out.add_number(1);
}

void retransmission(const PlanSubject& message, std::string_view /*header*/,
                    FieldValues& out) noexcept {
  if (message.is_retransmission) out.add_number(1);
}

void resend(const PlanSubject& message, std::string_view /*header*/, FieldValues& out) noexcept {
  out.add_number(message.is_retransmission ? 1 : 0);
}

void leg(const PlanSubject& message, std::string_view /*header*/, FieldValues& out) noexcept {
  if (message.report != nullptr) out.add_if(message.report->leg);
}

template <std::optional<double> PlanReport::*figure>
void of_stream(const PlanSubject& message, std::string_view /*header*/, FieldValues& out) noexcept {
  if (message.report == nullptr) return;
  if (const auto& value = message.report->*figure) out.add(Value::of_real(*value));
}

constexpr std::uint64_t any_number = std::numeric_limits<std::uint32_t>::max();

// clang-format off
constexpr std::array table{
    Field{"rtcp", Type::protocol, SubjectKind::rtcp, payload, "RTCP; its bytes are those of its JSON"},
    Field{"heptap.report", Type::protocol, SubjectKind::report, payload, "a report of heptap's own; its bytes are those of its JSON"},
    Field{"heptap.len", Type::number, any_subject, payload_bytes, "of the message, above UDP, TCP or SCTP; of RTCP, of its JSON"},
    Field{"heptap.payload_type", Type::number, any_subject, payload_type, "of HEP: 1 SIP, 5 RTCP, 34 RTP statistics, 35 reports of phones, 100 reports of calls", 255},
    Field{"frame.interface_name", Type::text, any_sip, interface_name, "where run captured it"},
    Field{"heptap.interface", Type::text, any_sip, interface_name, "where run captured it, as frame.interface_name"},
    Field{"heptap.node", Type::text, any_subject, node, "node name in the frame of the HEP source that it came from"},
    Field{"heptap.tunnel", Type::text, any_sip | SubjectKind::rtcp, tunnels, "what it was wrapped in: vxlan, gre, erspan, mpls, ip_in_ip, gtp_u, …"},
    Field{"heptap.truncated", Type::flag, any_sip, truncated, "the capture holds only part of it"},
    Field{"heptap.direction", Type::text, any_subject, direction, "inbound, outbound, internal or external, by the networks in plan.local", any_number, FieldNeed::local_networks},
    Field{"heptap.call_state", Type::text, any_sip, call_state, "its call before this message, in the words of call reports: calling, trying, progress, confirmed, ended, failed, …; none of a call that begins, nor of a mirror port's copy", any_number, FieldNeed::calls},
    Field{"heptap.duplicate", Type::flag, any_sip, duplicate, "a mirror port's copy, as duplicates.window tells them; a plan that names this field is asked about copies, which are dropped otherwise", any_number, FieldNeed::copies},
    Field{"heptap.retransmission", Type::flag, any_sip, retransmission, "a retransmission over UDP: a request, but no ACK, or a final response that its transaction had before; else it has no value", any_number, FieldNeed::calls},
    Field{"sip.resend", Type::flag, any_sip, resend, "whether it is a retransmission, as heptap.retransmission: by its transaction, where Wireshark goes by Call-ID, addresses and CSeq", any_number, FieldNeed::calls},
    Field{"heptap.leg", Type::text, SubjectKind::report, leg, "of RTP statistics: who sent the stream, caller or callee"},
    Field{"heptap.mos", Type::real, SubjectKind::report, of_stream<&PlanReport::mos>, "of RTP statistics: 1 to 5"},
    Field{"heptap.loss", Type::real, SubjectKind::report, of_stream<&PlanReport::loss_percent>, "of RTP statistics: lost packets in percent"},
    Field{"heptap.jitter", Type::real, SubjectKind::report, of_stream<&PlanReport::jitter_ms>, "of RTP statistics: interarrival jitter in ms"},
    Field{"heptap.call_id", Type::text, any_subject, call_id, "Call-ID of the call it is of, if it is of one"},
};
// clang-format on

}  // namespace

std::span<const Field> messages() noexcept { return table; }

}  // namespace heptap::plan_fields
