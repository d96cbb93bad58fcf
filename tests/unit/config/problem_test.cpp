#include "config/problem.hpp"

#include <catch2/catch.hpp>

using namespace heptap;

TEST_CASE("a problem is one line as compilers write it") {
  struct Row {
    ConfigProblem problem;
    std::string line;
  };
  const auto row = GENERATE(values<Row>({
      {{"a.yaml", 12, 5, "collectors[0].ur", "unknown key", "did you mean url?"},
       "a.yaml:12:5: collectors[0].ur: unknown key, did you mean url?"},
      {{"a.yaml", 1, 1, "", "not UTF-8 text", ""}, "a.yaml:1:1: not UTF-8 text"},
      {{"a.yaml", 0, 0, "", "cannot be read", ""}, "a.yaml: cannot be read"},
      {{"a.yaml", 3, 7, "x.key", "can be read by every user", "", Severity::warning},
       "a.yaml:3:7: warning: x.key: can be read by every user"},
  }));
  CHECK(to_string(row.problem) == row.line);
}

TEST_CASE("a configuration error says all its problems, one a line") {
  const ConfigError error(ConfigError::Reason::invalid, {{"a.yaml", 1, 2, "x", "first", ""},
                                                         {"a.yaml", 3, 4, "y", "second", ""}});
  CHECK(std::string{error.what()} == "a.yaml:1:2: x: first\na.yaml:3:4: y: second");
  CHECK(error.reason() == ConfigError::Reason::invalid);
  CHECK(error.problems().size() == 2);
}
