#include "proto/rtp/ntp_time.hpp"

#include <catch2/catch.hpp>

using namespace heptap;

TEST_CASE("a report's time is answered by its middle 32 bits") {
  CHECK(middle_bits({0xe1234567, 0x80000000}) == 0x45678000);
  CHECK(middle_bits({0, 0xffff}) == 0);
}

TEST_CASE("a report's time is a time of day only from 1970 on") {
  CHECK(unix_us({0xe1234567, 0x80000000}) == 1'568'196'327'500'000ULL);  // 2019-09-11 10:05:27.5
  CHECK(unix_us({2'208'988'800, 0}) == 0);
  CHECK(unix_us({2'208'988'799, 0xffffffff}) == std::nullopt);
  CHECK(unix_us({0, 0}) == std::nullopt);
  CHECK(unix_us({0xffffffff, 0xffffffff}) == 2'085'978'495'999'999ULL);
}
