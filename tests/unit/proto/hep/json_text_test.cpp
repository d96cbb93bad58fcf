#include "proto/hep/json_text.hpp"

#include <array>
#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <limits>
#include <string>
#include <vector>

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
