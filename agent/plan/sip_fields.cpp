#include <array>

#include "agent/plan/field_groups.hpp"
#include "proto/sip/cseq.hpp"
#include "proto/sip/name_addr.hpp"

namespace heptap::plan_fields {
namespace {

using Type = ValueType;

constexpr auto request = SubjectKind::sip_request;
constexpr auto response = SubjectKind::sip_response;

void message_text(const PlanSubject& message, std::string_view /*header*/,
                  FieldValues& out) noexcept {
  out.add_text(message.sip->text());
}

void method(const PlanSubject& message, std::string_view /*header*/, FieldValues& out) noexcept {
  out.add_text(message.sip->method());
}

void status_code(const PlanSubject& message, std::string_view /*header*/,
                 FieldValues& out) noexcept {
  out.add_number(static_cast<unsigned>(message.sip->status_code()));
}

template <HeaderId id>
void header(const PlanSubject& message, std::string_view /*header*/, FieldValues& out) noexcept {
  if (!message.sip->contains(id)) return;
  if (!message.sip->repeats(id)) return out.add_text(message.sip->first(id));
  for (const SipHeader& each : message.sip->headers()) {
    if (each.id == id) out.add_text(each.value);
  }
}

void header_by_name(const PlanSubject& message, std::string_view header,
                    FieldValues& out) noexcept {
  const auto value = message.sip->first(header);
  if (value.data() != nullptr) out.add_text(value);
}

void cseq_method(const PlanSubject& message, std::string_view /*header*/,
                 FieldValues& out) noexcept {
  const auto cseq = parse_cseq(message.sip->first(HeaderId::cseq));
  if (cseq) out.add_text(cseq->method);
}

// clang-format off
constexpr std::array table{
    Field{"sip", Type::protocol, any_sip, message_text, "SIP"},
    Field{"sip.Method", Type::text, request, method, "of a request"},
    Field{"sip.Status-Code", Type::number, response, status_code, "of a response"},
    Field{"sip.CSeq.method", Type::text, any_sip, cseq_method, "method in CSeq: that of the request, in responses, too"},
    Field{"sip.Call-ID", Type::text, any_sip, header<HeaderId::call_id>, "Call-ID"},
    Field{"sip.User-Agent", Type::text, any_sip, header<HeaderId::user_agent>, "User-Agent"},
};
// clang-format on

constexpr Field by_name{"sip.*", Type::text, any_sip, header_by_name,
                        "any other header by its name"};

}  // namespace

std::span<const Field> sip() noexcept { return table; }

const Field& any_header() noexcept { return by_name; }

}  // namespace heptap::plan_fields
