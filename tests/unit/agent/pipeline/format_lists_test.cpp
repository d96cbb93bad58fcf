#include "agent/pipeline/format_lists.hpp"

#include <catch2/catch.hpp>

using namespace heptap;

namespace {

using Formats = std::vector<PayloadFormat>;

Formats one_of(std::uint32_t clock_hz, std::uint8_t payload_type = 97) {
  return {{.clock_hz = clock_hz, .payload_type = payload_type, .encoding = 3}};
}

}  // namespace

TEST_CASE("the same formats are one list as long as somebody holds it") {
  FormatLists lists(1);
  const auto first = lists.hold(one_of(8000));
  CHECK(lists.hold(one_of(8000)) == first);
  CHECK(lists.hold(one_of(16'000)) != first);
  CHECK(lists.size() == 2);
  lists.release(first);
  CHECK(lists.find(first, 97)->clock_hz == 8000);
  lists.release(first);
  CHECK(lists.size() == 1);
}

TEST_CASE("what is not in a list is not found, and an empty one is none") {
  FormatLists lists(1);
  const auto id = lists.hold(one_of(8000));
  CHECK_FALSE(lists.find(id, 96));
  CHECK(lists.hold({}) == FormatLists::none);
  CHECK_FALSE(lists.find(FormatLists::none, 97));
  lists.release(FormatLists::none);
  CHECK(lists.refused() == 0);
}

TEST_CASE("more lists than there is room for are refused until one is given back") {
  FormatLists lists(1);
  for (std::uint32_t i = 0; i < FormatLists::max_lists; ++i) {
    REQUIRE(lists.hold(one_of(i + 1)) != FormatLists::none);
  }
  CHECK(lists.hold(one_of(90'000)) == FormatLists::none);
  CHECK(lists.refused() == 1);
  const auto known = lists.hold(one_of(7));
  lists.release(known);
  lists.release(known);
  CHECK(lists.hold(one_of(90'000)) == known);
}
