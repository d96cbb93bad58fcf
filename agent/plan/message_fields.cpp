// What is known of every message, whatever it is. RTCP comes to a plan as the JSON it was made into.
#include <array>

#include "agent/plan/field_groups.hpp"

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

// clang-format off
constexpr std::array table{
    Field{"rtcp", Type::protocol, SubjectKind::rtcp, payload, "RTCP; its bytes are those of its JSON"},
    Field{"heptap.report", Type::protocol, SubjectKind::report, payload, "a report of heptap's own; its bytes are those of its JSON"},
    Field{"heptap.len", Type::number, any_subject, payload_bytes, "of the message, above UDP, TCP or SCTP; of RTCP, of its JSON"},
    Field{"heptap.call_id", Type::text, any_subject, call_id, "Call-ID of the call it is of, if it is of one"},
};
// clang-format on

}  // namespace

std::span<const Field> messages() noexcept { return table; }

}  // namespace heptap::plan_fields
