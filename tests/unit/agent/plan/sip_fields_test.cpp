#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "agent/plan/field.hpp"
#include "proto/net/packet.hpp"
#include "tests/support/allocation_counter.hpp"

namespace heptap {
namespace {

constexpr std::string_view invite =
    "INVITE sips:bob:pw@[2001:db8::9]:5061;transport=tls SIP/2.0\r\n"
    "Via: SIP/2.0/TLS [2001:db8::1]:5061;branch=z9hG4bKa;rport, SIP/2.0/UDP b.example\r\n"
    "v: SIP/2.0/UDP 192.0.2.7:5999;rport=7\r\n"
    "From: \"A \\\"x;tag=no\" <sip:alice@example.com;user=phone>;x=\"a;tag=evil\";tag=1\r\n"
    "To: Bob <tel:+15551234567>\r\n"
    "Call-ID: a84b4c76e66710\r\n"
    "CSeq: 99999999999 INVITE\r\n"
    "Contact: \"A, B\" <sip:ann@192.0.2.1:5080>;q=0.7;expires=60, <sip:ben@[2001:db8::2]>\r\n"
    "Reason: Q.850 ;cause=16;text=\"x, y\", SIP;cause=600\r\n"
    "Authorization: Digest username=\"a, b\", realm=\"r\",nc=1\r\n"
    "Expires: 60 and more\r\n"
    "Max-Forwards: many\r\n"
    "X-Tenant: blue\r\n"
    "x-tenant: green\r\n"
    "Content-Type: multipart/mixed;boundary=b\r\n"
    "\r\n"
    "--b\r\nContent-Type: application/sdp\r\n\r\n"
    "v=0\r\no=- 1 2 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 233.252.0.1/127\r\na=x:y\r\n"
    "m=audio 4000/2 RTP/AVP 8 96 72\r\na=rtpmap:96 opus/48000/2\r\na=sendrecv\r\n"
    "m=image 4002 udptl t38\r\na=ptime:20\r\n"
    "--b--\r\n";

struct Row {
  std::string field;
  std::vector<std::string> values;
};

std::vector<std::string> values_of(const std::string& name, std::string_view text) {
  SipView sip;
  REQUIRE(parse_sip(as_bytes(text), sip) == Errc::none);
  Packet packet;
  PlanSubject subject;
  subject.kind = sip.is_request() ? SubjectKind::sip_request : SubjectKind::sip_response;
  subject.packet = &packet;
  subject.sip = &sip;
  const auto ref = find_field(name);
  REQUIRE(ref);
  FieldValues values;
  ref->field->read(subject, ref->header, values);
  const bool is_number = ref->field->type == ValueType::number;
  std::vector<std::string> out;
  for (const Value& value : values.all()) {
    out.push_back(is_number ? std::to_string(value.number()) : std::string(value.text()));
  }
  return out;
}

}  // namespace

TEST_CASE("fields of SIP and SDP have the values that Wireshark shows") {
  const auto row = GENERATE(values<Row>({
      {"sip.r-uri.user", {"bob:pw"}},
      {"sip.r-uri.host", {"[2001:db8::9]"}},
      {"sip.r-uri.port", {"5061"}},
      {"sip.r-uri.param", {"transport=tls"}},
      {"sip.Via.sent-by.address", {"2001:db8::1", "b.example", "192.0.2.7"}},
      {"sip.Via.sent-by.port", {"5061", "5999"}},
      {"sip.Via.rport", {"rport", "7"}},
      {"sip.from.display.info", {"\"A \\\"x;tag=no\""}},
      {"sip.from.tag", {"1"}},
      {"sip.from.param", {"user=phone"}},
      {"sip.to.display.info", {"Bob "}},
      {"sip.to.addr", {"tel:+15551234567"}},
      {"sip.to.user", {}},
      {"sip.to.tag", {}},
      {"sip.CSeq.seq", {"4294967295"}},
      {"sip.CSeq.method", {"INVITE"}},
      {"sip.contact.user", {"ann", "ben"}},
      {"sip.contact.port", {"5080"}},
      {"sip.contact.parameter", {"q=0.7", "expires=60"}},
      {"sip.reason_protocols", {"Q.850", "SIP"}},
      {"sip.reason_cause_q850", {"16"}},
      {"sip.reason_cause_sip", {"600"}},
      {"sip.reason_text", {"x, y"}},
      {"sip.auth", {"Authorization: Digest username=\"a, b\", realm=\"r\",nc=1\r\n"}},
      {"sip.auth.scheme", {"Digest"}},
      {"sip.auth.username", {"\"a, b\""}},
      {"sip.auth.nc", {"1"}},
      {"sip.Expires", {"60"}},
      {"sip.Max-Forwards", {}},
      {"sip.X-Tenant", {"blue", "green"}},
      {"sdp.connection_info.address", {"233.252.0.1"}},
      {"sdp.connection_info.ttl", {"127"}},
      {"sdp.session_attr", {"x:y"}},
      {"sdp.media.port", {"4000", "4002"}},
      {"sdp.media.portcount", {"2"}},
      {"sdp.media.format",
       {"ITU-T G.711 PCMA", "DynamicRTP-Type-96", "Reserved for RTCP conflict avoidance", "t38",
        "96"}},
      {"sdp.mime.type", {"opus"}},
      {"sdp.sample_rate", {"48000"}},
      {"sdp.media_attribute.field", {"rtpmap", "ptime"}},
      {"sdp.media_attribute.value", {"20"}},
  }));
  CAPTURE(row.field);
  CHECK(values_of(row.field, invite) == row.values);
}

TEST_CASE("\"*\" in a Contact is no address") {
  CHECK(values_of("sip.contact.uri", "REGISTER sip:a SIP/2.0\r\nContact: *\r\n\r\n").empty());
  CHECK(values_of("sip.Contact", "REGISTER sip:a SIP/2.0\r\nContact: *\r\n\r\n").size() == 1);
}

TEST_CASE("no message has more values of a field than are kept") {
  std::string text = "OPTIONS sip:a SIP/2.0\r\nRoute: ";
  for (int i = 0; i < 1000; ++i) text += "<sip:a>,";
  CHECK(values_of("sip.Route.uri", text + "\r\n\r\n").size() == FieldValues::max_values);
}

TEST_CASE("of a message that is cut anywhere, values lie inside it, and no read allocates") {
  for (std::size_t size = 1; size <= invite.size(); ++size) {
    const std::string text(invite.substr(0, size));
    SipView sip;
    if (parse_sip(as_bytes(text), sip) != Errc::none) continue;
    Packet packet;
    packet.payload = as_bytes(text);
    const PlanSubject subject{
        .kind = SubjectKind::sip_request, .packet = &packet, .sip = &sip, .time_us = 0};
    FieldValues values;
    for (const Field& field : fields()) {
      if (!field.kinds.contains(subject.kind)) continue;
      const test::AllocationCounter counter;
      values.clear();
      field.read(subject, {}, values);
      CHECK(counter.count() == 0);
      // Names of formats are not of the message.
      if (field.type != ValueType::text || field.name == "sdp.media.format") continue;
      for (const Value& value : values.all()) {
        const std::string_view part = value.text();
        CHECK(part.data() >= text.data());
        CHECK(part.data() + part.size() <= text.data() + text.size());
      }
    }
  }
}

TEST_CASE("each field has one row") {
  std::vector<std::string_view> names;
  for (const Field& field : fields()) names.push_back(field.name);
  std::sort(names.begin(), names.end());
  CHECK(std::adjacent_find(names.begin(), names.end()) == names.end());
}

}  // namespace heptap
