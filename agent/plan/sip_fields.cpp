// What a SIP message is: its start line, its place in a dialog and a transaction, its parts.
#include <array>
#include <charconv>

#include "agent/plan/field_groups.hpp"
#include "agent/plan/sip_headers.hpp"
#include "proto/sip/cseq.hpp"

namespace heptap::plan_fields {
namespace {

using Type = ValueType;
using sip_chars::equal_ignoring_case;
using sip_chars::trim_left;

constexpr auto request = SubjectKind::sip_request;
constexpr auto response = SubjectKind::sip_response;

void message_text(const PlanSubject& message, std::string_view /*header*/,
                  FieldValues& out) noexcept {
  out.add_text(message.sip->text());
}

void start_line(const PlanSubject& message, std::string_view /*header*/,
                FieldValues& out) noexcept {
  out.add_text(message.sip->start_line());
}

void method(const PlanSubject& message, std::string_view /*header*/, FieldValues& out) noexcept {
  out.add_text(message.sip->method());
}

void status_code(const PlanSubject& message, std::string_view /*header*/,
                 FieldValues& out) noexcept {
  out.add_number(static_cast<unsigned>(message.sip->status_code()));
}

// Wireshark's runs to the end of the message, and so does this one.
void behind_start_line(const PlanSubject& message, std::string_view /*header*/,
                       FieldValues& out) noexcept {
  const std::string_view all = message.sip->text();
  const std::size_t end_of_line = all.find('\n');
  if (end_of_line != std::string_view::npos) out.add_text(all.substr(end_of_line + 1));
}

void body(const PlanSubject& message, std::string_view /*header*/, FieldValues& out) noexcept {
  out.add_if(message.sip->body());
}

// A number that does not fit hides no method.
void cseq_number(const PlanSubject& message, std::string_view /*header*/,
                 FieldValues& out) noexcept {
  const std::string_view value = message.sip->first(HeaderId::cseq);
  if (parse_cseq(value).error() != Errc::malformed) add_leading_number(value, out);
}

void cseq_method(const PlanSubject& message, std::string_view /*header*/,
                 FieldValues& out) noexcept {
  const std::string_view value = message.sip->first(HeaderId::cseq);
  if (parse_cseq(value).error() == Errc::malformed) return;
  out.add_if(sip_chars::trim(value.substr(value.find_first_not_of("0123456789"))));
}

// RAck: RSeq, and CSeq behind it.
struct RackView {
  std::uint32_t rseq = 0;
  CseqView cseq;
};
Result<RackView> parse_rack(std::string_view value) noexcept {
  RackView out;
  const char* const end = value.data() + value.size();
  const auto [stop, error] = std::from_chars(value.data(), end, out.rseq);
  if (error != std::errc{}) return Errc::malformed;
  const std::string_view rest = value.substr(static_cast<std::size_t>(stop - value.data()));
  const Result<CseqView> cseq = parse_cseq(trim_left(rest));
  if (!cseq) return cseq.error();
  out.cseq = *cseq;
  return out;
}

void rack_rseq(const PlanSubject& message, std::string_view /*header*/, FieldValues& out) noexcept {
  const auto rack = parse_rack(message.sip->first(HeaderId::rack));
  if (rack) out.add_number(rack->rseq);
}

void rack_cseq(const PlanSubject& message, std::string_view /*header*/, FieldValues& out) noexcept {
  const auto rack = parse_rack(message.sip->first(HeaderId::rack));
  if (rack) out.add_number(rack->cseq.number);
}

void rack_method(const PlanSubject& message, std::string_view /*header*/,
                 FieldValues& out) noexcept {
  const auto rack = parse_rack(message.sip->first(HeaderId::rack));
  if (rack) out.add_text(rack->cseq.method);
}

// RFC 3326: a protocol and its parameters.
std::string_view protocol_of(std::string_view reason) noexcept {
  return sip_chars::trim_right(reason.substr(0, find_unquoted(reason, ';')));
}

enum class Cause : std::uint8_t { q850, sip, other };

Cause kind_of(std::string_view reason) noexcept {
  const std::string_view protocol = protocol_of(reason);
  if (equal_ignoring_case(protocol, "Q.850")) return Cause::q850;
  return equal_ignoring_case(protocol, "SIP") ? Cause::sip : Cause::other;
}

void reason_protocol(const PlanSubject& message, std::string_view /*header*/,
                     FieldValues& out) noexcept {
  for_each_item(*message.sip, HeaderId::reason,
                [&](std::string_view reason) { out.add_if(protocol_of(reason)); });
}

template <Cause kind>
void reason_cause(const PlanSubject& message, std::string_view /*header*/,
                  FieldValues& out) noexcept {
  for_each_item(*message.sip, HeaderId::reason, [&](std::string_view reason) {
    if (kind_of(reason) == kind) add_leading_number(param_value(reason, "cause"), out);
  });
}

void reason_text(const PlanSubject& message, std::string_view /*header*/,
                 FieldValues& out) noexcept {
  for_each_item(*message.sip, HeaderId::reason,
                [&](std::string_view reason) { out.add_if(param_value(reason, "text")); });
}

// clang-format off
constexpr std::array table{
    Field{"sip", Type::protocol, any_sip, message_text, "SIP"},
    Field{"sip.Method", Type::text, request, method, "of a request"},
    Field{"sip.Request-Line", Type::text, request, start_line, "first line of a request"},
    Field{"sip.Status-Line", Type::text, response, start_line, "first line of a response"},
    Field{"sip.Status-Code", Type::number, response, status_code, "of a response"},
    Field{"sip.CSeq.seq", Type::number, any_sip, cseq_number, "number in CSeq"},
    Field{"sip.CSeq.method", Type::text, any_sip, cseq_method, "method in CSeq: that of the request, in responses, too"},
    Field{"sip.RAck.RSeq.seq", Type::number, any_sip, rack_rseq, "RSeq that RAck is about"},
    Field{"sip.RAck.CSeq.seq", Type::number, any_sip, rack_cseq, "number of the CSeq that RAck is about"},
    Field{"sip.RAck.CSeq.method", Type::text, any_sip, rack_method, "its method"},
    Field{"sip.reason_protocols", Type::text, any_sip, reason_protocol, "protocol in Reason"},
    Field{"sip.reason_cause_q850", Type::number, any_sip, reason_cause<Cause::q850>, "cause in Reason, of Q.850"},
    Field{"sip.reason_cause_sip", Type::number, any_sip, reason_cause<Cause::sip>, "cause in Reason, of SIP"},
    Field{"sip.reason_cause_other", Type::number, any_sip, reason_cause<Cause::other>, "cause in Reason, of other protocols"},
    Field{"sip.reason_text", Type::text, any_sip, reason_text, "text in Reason, without quotes"},
    Field{"sip.msg_hdr", Type::text, any_sip, behind_start_line, "all behind the start line, as it is written"},
    Field{"sip.msg_body", Type::protocol, any_sip, body, "a body; its bytes can be searched"},
};
// clang-format on

}  // namespace

std::span<const Field> sip() noexcept { return table; }

}  // namespace heptap::plan_fields
