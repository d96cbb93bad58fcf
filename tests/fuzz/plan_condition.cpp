// A condition parses, or says where it is wrong; what parses runs on any kind of message.
#include <array>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "agent/plan/program.hpp"
#include "proto/bytes.hpp"

namespace {

using namespace heptap;

constexpr std::string_view invite =
    "INVITE sip:bob@example.com SIP/2.0\r\n"
    "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\n"
    "From: \"Alice\" <sip:alice@example.com>;tag=1\r\n"
    "To: <sip:bob@example.com>\r\n"
    "Call-ID: a84b4c76e66710\r\n"
    "CSeq: 314159 INVITE\r\n"
    "Content-Type: application/sdp\r\n"
    "\r\n"
    "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"
    "m=audio 4000 RTP/AVP 0 8\r\na=rtpmap:0 PCMU/8000\r\n";

void run(const Condition& condition, SubjectKind kind) {
  static SipView sip;
  static const bool is_parsed = parse_sip(as_bytes(invite), sip) == Errc::none;
  if (!is_parsed) std::abort();
  Packet packet;
  packet.payload = as_bytes(invite);
  packet.ip_protocol = ip_protocol_udp;
  const bool is_sip = kind == SubjectKind::sip_request;
  const PlanSubject subject{.kind = kind, .packet = &packet, .sip = is_sip ? &sip : nullptr};
  std::vector<FieldRef> fields;
  const Program program(std::span(&condition, 1), kind, fields);
  FieldCache cache(fields.size());
  cache.begin(subject);
  const auto found = program.next_match(fields, cache, 0);
  if (found != 0 && found != Program::none) std::abort();
}

}  // namespace

// libFuzzer's name for the entry point.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {  // NOLINT
  const std::string_view text = as_text({data, size});
  try {
    const Condition condition = parse_condition(text);
    for (const SubjectKind kind : {SubjectKind::sip_request, SubjectKind::rtcp}) {
      run(condition, kind);
    }
  } catch (const ConditionError& error) {
    const ConditionProblem& problem = error.problem();
    if (problem.offset > size || problem.message.empty()) std::abort();
    if (show(text, problem).empty()) std::abort();
  }
  return 0;
}
