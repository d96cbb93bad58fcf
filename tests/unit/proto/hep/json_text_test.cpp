#include "proto/hep/json_text.hpp"

#include <array>
#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "tests/support/allocation_counter.hpp"

using namespace heptap;
using hep::JsonText;

namespace {

void write_all(JsonText& json) {
  json.begin_object();
  json.number("low", std::numeric_limits<std::int64_t>::min());
  json.number("high", std::numeric_limits<std::uint64_t>::max());
  json.number("byte", std::uint8_t{65});
  json.begin_array("none");
  json.end_array();
  json.begin_array("two");
  json.begin_object();
  json.end_object();
  json.begin_object();
  json.tenths("mos", 43);
  json.tenths("tenth", 5);
  json.end_object();
  json.end_array();
  json.begin_object("inside");
  json.text("text", "a\"b\\c\n\x7f\xc3\xa4 d\0e");
  json.end_object();
  json.truth("yes", true);
  json.truth("no", false);
  json.number("last", -1);
  json.end_object();
}

constexpr std::string_view all =
    R"({"low":-9223372036854775808,"high":18446744073709551615,"byte":65,"none":[],)"
    R"("two":[{},{"mos":4.3,"tenth":0.5}],"inside":{"text":"a\"b\\c d"},"yes":true,"no":false,"last":-1})";

}  // namespace

TEST_CASE("members are separated, nested, escaped and cleaned") {
  std::array<std::uint8_t, 512> room{};
  JsonText json{room};
  write_all(json);
  REQUIRE(json.ok());
  const std::string_view text = as_text({room.data(), json.size()});
  CHECK(text == all);
  CHECK_NOTHROW(boost::json::parse(text));
}

TEST_CASE("a text that does not fit is not ok, wherever it ends") {
  for (std::size_t size = 0; size <= all.size(); ++size) {
    CAPTURE(size);
    std::vector<std::uint8_t> room(size);
    JsonText json{room};
    write_all(json);
    CHECK(json.ok() == (size == all.size()));
    CHECK(json.size() <= size);
  }
}

TEST_CASE("a decimal has its places and no zeros at its end") {
  struct Row {
    double value;
    int places;
    std::string want;
  };
  const double infinity = std::numeric_limits<double>::infinity();
  const auto row = GENERATE_COPY(values<Row>({{4.409, 3, R"({"v":4.409})"},
                                              {4.4, 3, R"({"v":4.4})"},
                                              {4, 3, R"({"v":4})"},
                                              {100, 0, R"({"v":100})"},
                                              {0, 3, R"({"v":0})"},
                                              {-0.0001, 3, R"({"v":0})"},
                                              {-41.7736, 2, R"({"v":-41.77})"},
                                              {1590498085.5, 6, R"({"v":1590498085.5})"},
                                              {0.1, 99, R"({"v":0.1})"},
                                              {-999999999999999, 9, R"({"v":-999999999999999})"},
                                              {1e15, 3, R"({"v":null})"},
                                              {infinity, 3, R"({"v":null})"},
                                              {-infinity, 3, R"({"v":null})"},
                                              {std::nan(""), 3, R"({"v":null})"}}));
  CAPTURE(row.value, row.places);
  std::array<std::uint8_t, 64> room{};
  test::AllocationCounter counter;
  JsonText json{room};
  json.begin_object();
  json.decimal("v", row.value, row.places);
  json.end_object();
  CHECK(counter.count() == 0);
  REQUIRE(json.ok());
  CHECK(as_text({room.data(), json.size()}) == row.want);
}

TEST_CASE("text of the wire stays what it is, as JSON") {
  struct Row {
    std::string in;
    std::string want;
  };
  const auto row = GENERATE(values<Row>({{"", R"({"v":""})"},
                                         {"a84b@pc33", R"({"v":"a84b@pc33"})"},
                                         {R"(a"b\c)", R"({"v":"a\"b\\c"})"},
                                         {"\x1b[2J\r\n\x7f", R"({"v":"\u001b[2J\r\n\u007f"})"},
                                         {"\b\f\t\v", R"({"v":"\b\f\t\u000b"})"},
                                         {"gr\xc3\xbc\xc3\x9f", "{\"v\":\"gr\xc3\xbc\xc3\x9f\"}"},
                                         {"\xc2\x9b"
                                          "31m\xc2\xa0",
                                          "{\"v\":\"\\u009b31m\xc2\xa0\"}"},
                                         {"\xe2\x80\xae"
                                          "abc",
                                          R"({"v":"\u202eabc"})"},
                                         {"a\xff", "{\"v\":\"a\xef\xbf\xbd\"}"},
                                         {std::string("\0", 1), R"({"v":"\u0000"})"}}));
  CAPTURE(row.in);
  std::array<std::uint8_t, 64> room{};
  JsonText json{room};
  json.begin_object();
  const bool is_utf8 = json.utf8("v", row.in);
  json.end_object();
  REQUIRE(json.ok());
  CHECK(is_utf8 == (row.in.find('\xff') == std::string::npos));
  CHECK(as_text({room.data(), json.size()}) == row.want);
}

TEST_CASE("words are elements of an array") {
  std::array<std::uint8_t, 64> room{};
  JsonText json{room};
  json.begin_object();
  json.begin_array("v");
  json.element("INVITE");
  json.element("ACK");
  json.end_array();
  json.end_object();
  CHECK(as_text({room.data(), json.size()}) == R"({"v":["INVITE","ACK"]})");
}
