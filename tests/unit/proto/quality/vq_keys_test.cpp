#include "proto/quality/vq_keys.hpp"

#include <catch2/catch.hpp>
#include <cctype>
#include <string>

using namespace heptap;

namespace {
std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}
}  // namespace

TEST_CASE("each metric of RFC 6035 is found by its key in any case") {
  for (unsigned i = 0; i < static_cast<unsigned>(VqNumber::count_); ++i) {
    const auto number = static_cast<VqNumber>(i);
    CAPTURE(to_string(number));
    for (const std::string& name :
         {std::string(to_string(number)), lower_case(to_string(number))}) {
      const VqKey* const key = find_vq_key(name);
      REQUIRE(key != nullptr);
      CHECK(key->number == number);
      CHECK(key->text == VqText::count_);
    }
    CHECK(vq_range(number).least < vq_range(number).most);
  }
  for (unsigned i = 0; i < static_cast<unsigned>(VqText::count_); ++i) {
    const auto text = static_cast<VqText>(i);
    CAPTURE(to_string(text));
    const std::string name = lower_case(to_string(text));
    const VqKey* const key = find_vq_key(name);
    REQUIRE(key != nullptr);
    CHECK(key->number == VqNumber::count_);
    CHECK(key->text == text);
  }
}

TEST_CASE("what is no metric has no key") {
  const auto name =
      GENERATE(values<std::string_view>({"", "N", "NLRX", "XNLR", "NL R", "CS", "1", "EXTR", "=",
                                         "MOSLQEstAlgorithmWithAVeryLongNameIndeed"}));
  CAPTURE(name);
  CHECK(find_vq_key(name) == nullptr);
}
