#include "agent/report/text.hpp"

#include <catch2/catch.hpp>

using namespace heptap;
using namespace std::string_view_literals;

TEST_CASE("large numbers are grouped by thousands") {
  CHECK(grouped(0) == "0");
  CHECK(grouped(999) == "999");
  CHECK(grouped(1000) == "1,000");
  CHECK(grouped(1234567890) == "1,234,567,890");
}

TEST_CASE("text from the wire cannot steer a terminal") {
  CHECK(one_line("plain") == "plain");
  CHECK(one_line("\x1b[2J\x07"sv) == ".[2J.");
  CHECK(one_line("a\0b\x7f"sv) == "a.b.");
  CHECK(one_line("\xc2\x9b"
                 "31m") == ".31m");  // CSI as one C1 character
  CHECK(one_line("Jos\xc3\xa9 \xff") == "Jos\xc3\xa9 .");
  CHECK(one_line("\u2027\u2028\u202e\u202f\u2065\u2066\u2069") == "\u2027..\u202f\u2065..");
}

TEST_CASE("text is fitted by characters, not bytes") {
  CHECK(fitted("abc", 3) == "abc");
  CHECK(fitted("abcd", 3) == "ab\xe2\x80\xa6");
  CHECK(fitted("\xc3\xa9\xc3\xa9\xc3\xa9", 3) == "\xc3\xa9\xc3\xa9\xc3\xa9");
  CHECK(fitted("\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9", 3) == "\xc3\xa9\xc3\xa9\xe2\x80\xa6");
  CHECK(fitted("", 3).empty());
}

TEST_CASE("JSON text is valid UTF-8 whatever the wire held") {
  CHECK(valid_utf8("ok\n") == "ok\n");
  CHECK(valid_utf8("a\xff"
                   "b") ==
        "a\xef\xbf\xbd"
        "b");
  CHECK(valid_utf8("\xc3") == "\xef\xbf\xbd");
}

TEST_CASE("times and durations read as a person writes them") {
  CHECK(utc_time(0) == "1970-01-01 00:00:00.000000");
  CHECK(utc_time(1'700'000'000'123'456) == "2023-11-14 22:13:20.123456");
  CHECK(utc_time(-1) == "1969-12-31 23:59:59.999999");
  CHECK(talk_time_text(0) == "0.0s");
  CHECK(talk_time_text(59'940'000) == "59.9s");
  CHECK(talk_time_text(63'000'000) == "1m03s");
  CHECK(talk_time_text(3'607'000'000) == "1h00m07s");
}
