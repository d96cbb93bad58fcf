#include "proto/sip/cseq.hpp"

#include <catch2/catch.hpp>
#include <string>

using namespace heptap;

TEST_CASE("CSeq is a number and a method") {
  const auto plain = parse_cseq("4711 INVITE");
  REQUIRE(plain.ok());
  CHECK(plain->number == 4711);
  CHECK(plain->method == "INVITE");
  const auto folded = parse_cseq("0009\r\n  \tREGISTER");
  REQUIRE(folded.ok());
  CHECK(folded->number == 9);
  CHECK(folded->method == "REGISTER");
  CHECK(parse_cseq("4294967295 A")->number == 4294967295U);
}

TEST_CASE("a CSeq that does not fit or is none says so") {
  CHECK(parse_cseq("4294967296 A").error() == Errc::over_limit);
  CHECK(parse_cseq("36893488147419103232 REGISTER").error() == Errc::over_limit);
  const std::string value = GENERATE(as<std::string>{}, "", "1", "1 ", "INVITE", "INVITE 1", "-1 A",
                                     "1INVITE", "1 IN VITE", "1 INV(TE", "1, INVITE");
  CAPTURE(value);
  CHECK(parse_cseq(value).error() == Errc::malformed);
}

TEST_CASE("a response belongs to the method of its CSeq") {
  const auto method = [](const std::string& text) {
    SipView view;
    REQUIRE(parse_sip(as_bytes(text), view) == Errc::none);
    return std::string(transaction_method(view));
  };
  CHECK(method("SIP/2.0 200 OK\r\nCSeq: 1 BYE\r\n\r\n") == "BYE");
  CHECK(method("SIP/2.0 200 OK\r\nCSeq: 36893488147419103232 BYE\r\n\r\n") == "BYE");
  CHECK(method("SIP/2.0 200 OK\r\nCSeq: x\r\n\r\n").empty());
  CHECK(method("SIP/2.0 200 OK\r\nTo: x\r\n\r\n").empty());
  CHECK(method("ACK sip:a SIP/2.0\r\nCSeq: 1 INVITE\r\n\r\n") == "ACK");
}
