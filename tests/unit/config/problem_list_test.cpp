#include "config/problem_list.hpp"

#include <catch2/catch.hpp>

using namespace heptap;

namespace {

std::vector<ConfigProblem> errors_of(ProblemList& list) {
  std::vector<ConfigProblem> warnings;
  try {
    list.finish(warnings);
  } catch (const ConfigError& error) {
    return error.problems();
  }
  return {};
}

}  // namespace

TEST_CASE("problems are told in the order of the file, errors apart from warnings") {
  ProblemList list("heptap.yaml");
  list.add({7, 3}, "third", "is wrong", "", Severity::error);
  list.add({2, 9}, "second", "is doubtful", "", Severity::warning);
  list.add({7, 1}, "second", "is wrong", "", Severity::error);
  list.add({1, 9}, "first", "is doubtful", "", Severity::warning);
  CHECK(list.error_count() == 2);
  std::vector<ConfigProblem> warnings(1);
  CHECK_THROWS_AS(list.finish(warnings), ConfigError);
  REQUIRE(warnings.size() == 3);
  CHECK(to_string(warnings[1]) == "heptap.yaml:1:9: warning: first: is doubtful");
  CHECK(warnings[2].key == "second");
}

TEST_CASE("warnings alone are no error") {
  ProblemList list("heptap.yaml");
  list.add({1, 1}, "key", "is doubtful", "", Severity::warning);
  CHECK(list.error_count() == 0);
  CHECK(errors_of(list).empty());
}

TEST_CASE("of thousands of errors the first hundred are told") {
  ProblemList list("heptap.yaml");
  for (int line = 1; line <= 1000; ++line) {
    list.add({line, 1}, "key", "is wrong", "hint", Severity::error);
  }
  const std::vector<ConfigProblem> errors = errors_of(list);
  REQUIRE(errors.size() == 101);
  CHECK(errors[99].line == 100);
  CHECK(to_string(errors[100]) == "heptap.yaml:101:1: from here on, 900 more errors");
}
