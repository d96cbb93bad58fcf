#include "proto/sip/uri.hpp"

#include <catch2/catch.hpp>
#include <string>

#include "proto/sip/params.hpp"

using namespace heptap;

namespace {
struct Row {
  std::string_view text;
  std::string_view scheme;
  std::string_view user;
  std::string_view host;
  std::uint16_t port;
  std::string_view params;
  std::string_view headers;
};
}  // namespace

TEST_CASE("URIs are taken apart") {
  const auto row = GENERATE(values<Row>({
      {"sip:alice@example.com", "sip", "alice", "example.com", 0, "", ""},
      {"SIPS:example.com", "SIPS", "", "example.com", 0, "", ""},
      {"sip:a@192.0.2.1:5060", "sip", "a", "192.0.2.1", 5060, "", ""},
      {"sip:a@[2001:db8::1]", "sip", "a", "2001:db8::1", 0, "", ""},
      {"sip:a@[2001:db8::1]:5061;lr", "sip", "a", "2001:db8::1", 5061, ";lr", ""},
      {"sip:a@b;transport=tcp?subject=x&y=z", "sip", "a", "b", 0, ";transport=tcp",
       "subject=x&y=z"},
      {"sip:a@b?Route=%3Csip:c%3E", "sip", "a", "b", 0, "", "Route=%3Csip:c%3E"},
      {"sip:user;par=u%40example.net@example.com", "sip", "user;par=u%40example.net", "example.com",
       0, "", ""},
      {"sip:a?b/c@d", "sip", "a?b/c", "d", 0, "", ""},
      {"<sip:a@b>", "sip", "a", "b", 0, "", ""},
      {" <sip:a@b> ", "sip", "a", "b", 0, "", ""},
      {"sip:a@b; lr", "sip", "a", "b", 0, "; lr", ""},
      {"sip:a@b;lr ", "sip", "a", "b", 0, ";lr", ""},
      {"tel:+1-201-555-0123;phone-context=x", "tel", "+1-201-555-0123", "", 0, ";phone-context=x",
       ""},
  }));
  CAPTURE(std::string(row.text));
  const auto uri = parse_uri(row.text);
  REQUIRE(uri.ok());
  CHECK(uri->scheme == row.scheme);
  CHECK(uri->user == row.user);
  CHECK(uri->host == row.host);
  CHECK(uri->port == row.port);
  CHECK(uri->params == row.params);
  CHECK(uri->headers == row.headers);
  CHECK(uri->opaque.empty());
}

TEST_CASE("a password is not part of the user") {
  const auto uri = parse_uri("sip:alice:secret@example.com:5070");
  REQUIRE(uri.ok());
  CHECK(uri->user == "alice");
  CHECK(uri->password == "secret");
  CHECK(uri->port == 5070);
}

TEST_CASE("other schemes are kept whole") {
  const auto uri = parse_uri("urn:service:sos;x=y");
  REQUIRE(uri.ok());
  CHECK(uri->scheme == "urn");
  CHECK(uri->opaque == "service:sos;x=y");
  CHECK(uri->host.empty());
}

TEST_CASE("what is no URI is malformed") {
  const std::string text =
      GENERATE(as<std::string>{}, "", "sip", "sip:", "sip:a@", "sip:@", "sip:a@b:", "sip:a@b:x",
               "sip:a@b:65536", "sip:a@b:-1", "sip:a@[::1", "sip:a@[::1]x", "sip:a@[]", "*", ":a",
               "1sip:a", "s p:a", "sip:a b", "tel:", "tel:;x", "alice@example.com", "<>", "<", ">");
  CAPTURE(text);
  CHECK(parse_uri(text).error() == Errc::malformed);
}

TEST_CASE("white space may stand around the colon of a host and port") {
  const auto got = parse_host_port(" 192.0.2.1\r\n : 5061 ");
  REQUIRE(got.ok());
  CHECK(got->host == "192.0.2.1");
  CHECK(got->port == 5061);
  CHECK(parse_host_port("a b").error() == Errc::malformed);
  CHECK(parse_host_port("a:5060 b").error() == Errc::malformed);
}

TEST_CASE("an IPv6 address without brackets is read as far as it is clear") {
  const auto got = parse_host_port("fe80:0:0:0:21a:a0ff:fe07:32e0:5060");
  REQUIRE(got.ok());
  CHECK(got->host == "fe80:0:0:0:21a:a0ff:fe07:32e0");
  CHECK(got->port == 5060);
  CHECK(parse_host_port("fe80::1:5060")->host == "fe80::1:5060");  // a port, or not: unclear
  CHECK(parse_host_port("fe80::1:5060")->port == 0);
  CHECK(parse_host_port("1:2:3:4:5:6:7:8")->port == 0);
  CHECK(parse_host_port("a.example:5060:5061").error() == Errc::malformed);
  CHECK(parse_host_port("1:2:3:4:5:6:7:8:x").error() == Errc::malformed);
  CHECK(parse_host_port("1:2:3:4:5:6:7:8:99999").error() == Errc::malformed);
}
