#include "proto/sip/name_addr.hpp"

#include <catch2/catch.hpp>
#include <string>

using namespace heptap;

namespace {
struct Row {
  const char* why;
  std::string_view value;
  std::string_view display_name;
  std::string_view uri;
  std::string_view tag;
};
}  // namespace

TEST_CASE("From, To and Contact values are taken apart") {
  const auto row = GENERATE(values<Row>({
      {"brackets", "<sip:a@b>;tag=1", "", "sip:a@b", "1"},
      {"display name", "Alice A <sip:a@b>;tag=1", "Alice A", "sip:a@b", "1"},
      {"quoted name", "\"Alice, A\" <sip:a@b>;tag=1", "Alice, A", "sip:a@b", "1"},
      {"no space (lwsdisp)", "caller<sip:a@b>;tag=323", "caller", "sip:a@b", "323"},
      {"quoted bracket", "\"<sip:x@y>\" <sip:a@b>", "<sip:x@y>", "sip:a@b", ""},
      {"escaped quote", R"("\"q\"" <sip:a@b>;tag=1)", R"(\"q\")", "sip:a@b", "1"},
      {"escaped backslash", R"("BEL:\\" <sip:a@b>;tag=1)", R"(BEL:\\)", "sip:a@b", "1"},
      {"backslashes before the quotes (SIPPS)", R"(\"a\" <sip:a@b>;tag=1)", R"(\"a\")", "sip:a@b",
       "1"},
      {"tags in quotes", "\"x;tag=evil\" <sip:a@b>;x=\"a;tag=evil\";tag=real", "x;tag=evil",
       "sip:a@b", "real"},
      {"tag in the URI", "<sip:a@b;tag=evil>;tag=real", "", "sip:a@b;tag=evil", "real"},
      {"no brackets", "sip:a@b;tag=1", "", "sip:a@b", "1"},
      {"no brackets, no tag", "sip:a@b", "", "sip:a@b", ""},
      {"folded", "\"A\"\r\n <sip:a@b>\r\n ;\r\n tag = 1", "A", "sip:a@b", "1"},
      {"case of the name", "<sip:a@b>;TAG=x", "", "sip:a@b", "x"},
      {"empty tag", "<sip:a@b>;tag=", "", "sip:a@b", ""},
      {"comma in an unquoted name (baddn)", "Bell, Alexander <sip:a@b>;tag=43", "Bell, Alexander",
       "sip:a@b", "43"},
      {"everybody", "*", "", "*", ""},
      {"bracket in a parameter", "sip:a@b;x=<y>;tag=1", "", "sip:a@b", "1"},
      {"space in the brackets", "< sip:a@b >;tag=1", "", "sip:a@b", "1"},
  }));
  CAPTURE(row.why);
  const auto got = parse_name_addr(row.value);
  REQUIRE(got.ok());
  CHECK(got->display_name == row.display_name);
  CHECK(got->uri == row.uri);
  CHECK(got->tag() == row.tag);
}

TEST_CASE("a value without URI, or with a quote or bracket left open, is malformed") {
  const std::string value = GENERATE(as<std::string>{}, "", ";tag=1", "<>;tag=1", "< >", "<sip:a@b",
                                     "Alice <sip:a@b;tag=1", "\"Alice <sip:a@b>;tag=1", "\"Alice\"",
                                     "\"Mr. J. User <sip:j.user@example.com>");
  CAPTURE(value);
  CHECK(parse_name_addr(value).error() == Errc::malformed);
}
