#include "proto/sip/media_type.hpp"

#include <catch2/catch.hpp>
#include <string>

using namespace heptap;

TEST_CASE("Content-Type is a type, a subtype and parameters") {
  const auto type =
      parse_media_type("Multipart / Mixed\r\n ;x=\"boundary=evil\" ; boundary = \"a;b c\" ");
  REQUIRE(type.ok());
  CHECK(type->is("multipart", "mixed"));
  CHECK_FALSE(type->is("multipart", "mixe"));
  CHECK_FALSE(type->is("application", "mixed"));
  CHECK(type->boundary() == "a;b c");
  CHECK(parse_media_type("application/sdp")->is("application", "sdp"));
  CHECK(parse_media_type("application/sdp")->boundary().empty());
  CHECK(parse_media_type("application/vnd.3gpp+xml;v=1")->subtype == "vnd.3gpp+xml");
}

TEST_CASE("what is no Content-Type is malformed") {
  const std::string value = GENERATE(as<std::string>{}, "", "application", "/sdp", "application/",
                                     "a b/c", "a/b c", "application;x=a/b", "a/b/c");
  CAPTURE(value);
  CHECK(parse_media_type(value).error() == Errc::malformed);
}
