#include "config/pool_check.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "config/load.hpp"

using namespace heptap;

namespace {

const std::string collectors =
    "collectors:\n"
    "  - {name: a, url: 'tcp://127.0.0.1:1'}\n"
    "  - {name: b, url: 'tcp://127.0.0.1:2'}\n"
    "pools:\n";

std::vector<std::string> errors_of(const std::string& text) {
  std::vector<ConfigProblem> warnings;
  std::vector<std::string> lines;
  try {
    static_cast<void>(parse_settings(text, "t.yaml", warnings));
  } catch (const ConfigError& error) {
    for (const ConfigProblem& problem : error.problems()) lines.push_back(to_string(problem));
  }
  CHECK(warnings.empty());
  return lines;
}

}  // namespace

TEST_CASE("a pool has its collectors in their order, and times of its own") {
  std::vector<ConfigProblem> warnings;
  const Settings settings =
      parse_settings(collectors +
                         "  - {name: p, policy: failover, collectors: [b, a], fail_after: 500ms}\n"
                         "  - name: r\n    policy: round_robin\n    collectors: a\n"
                         "    fail_after: 500ms\n    return_after: 10s\n",
                     "t.yaml", warnings);
  PoolSettings first{.name = "p", .policy = PoolMode::failover, .collectors = {{"b", "a"}}};
  first.fail_after = std::chrono::milliseconds{500};
  PoolSettings second{.name = "r", .policy = PoolMode::round_robin, .collectors = {{"a"}}};
  second.fail_after = std::chrono::milliseconds{500};
  CHECK(settings.pools == std::vector{first, second});
}

TEST_CASE("what is wrong with a pool is said where it is") {
  struct Row {
    std::string pools;
    std::vector<std::string> want;
  };
  const auto row = GENERATE(values<Row>({
      {"  - {name: p, policy: hash, collectors: [a, munich]}\n",
       {"t.yaml:5:45: pools[0].collectors[1]: \"munich\" is no collector, valid are a, b"}},
      {"  - {name: p, policy: hash, collectors: [a, a]}\n",
       {"t.yaml:5:41: pools[0].collectors: \"a,a\" has an item twice, valid: 1 to 64, as homer or "
        "[homer, lab]"}},
      {"  - {name: p, policy: hash, collectors: []}\n",
       {"t.yaml:5:41: pools[0].collectors: is an empty list, valid: 1 to 64, as homer or [homer, "
        "lab]"}},
      {"  - {name: p, collectors: [a]}\n",
       {"t.yaml:5:5: pools[0].policy: is missing, valid: mirror, failover, hash or round_robin"}},
      {"  - {name: p, policy: best, collectors: [a]}\n",
       {"t.yaml:5:23: pools[0].policy: \"best\" is not a word known here, valid: mirror, failover, "
        "hash or round_robin"}},
      {"  - {name: a, policy: hash, collectors: [b]}\n",
       {"t.yaml:5:12: pools[0].name: \"a\" is also the name of collectors[0], a plan sends to both "
        "by their names: give each its own"}},
      {"  - {name: p, policy: hash, collectors: [a]}\n"
       "  - {name: p, policy: hash, collectors: [b]}\n",
       {"t.yaml:6:12: pools[1].name: \"p\" is also the name of pools[0], a plan sends to both by "
        "their names: give each its own"}},
      {"  - {name: p, policy: hash, collectors: [a]}\n"
       "  - {name: q, policy: hash, collectors: [b, p]}\n",
       {"t.yaml:6:45: pools[1].collectors[1]: \"p\" is a pool, a pool has only collectors"}},
      {"  - {name: p, policy: hash, collectors: [a]}\n"
       "  - {name: q, policy: hash, collectors: [b, a], return_after: 1s}\n",
       {"t.yaml:6:45: pools[1].collectors[1]: \"a\" is also in pools[0], which has another "
        "fail_after or return_after, a collector has the same in all its pools"}},
      {"  - {name: p, policy: hash, collectors: [a]}\n"
       "plan: {rules: [{send: [munich]}]}\n",
       {"t.yaml:6:24: plan.rules[0].send[0]: \"munich\" is no collector, and no pool, valid are a, "
        "b, p"}},
  }));
  CAPTURE(row.pools);
  CHECK(errors_of(collectors + row.pools) == row.want);
}

TEST_CASE("a plan may send to a pool") {
  CHECK(errors_of(collectors + "  - {name: p, policy: mirror, collectors: [a, b]}\n"
                               "plan: {rules: [{send: [p, a]}]}\n")
            .empty());
}

TEST_CASE("collectors and pools together are at most 64") {
  std::string text = "collectors:\n";
  for (int i = 0; i < 63; ++i) {
    text += "  - {name: c" + std::to_string(i) + ", url: 'tcp://127.0.0.1:1'}\n";
  }
  text += "pools:\n  - {name: p, policy: hash, collectors: c0}\n";
  CHECK(errors_of(text).empty());
  text += "  - {name: q, policy: hash, collectors: c1}\n";
  CHECK(errors_of(text) ==
        std::vector<std::string>{"t.yaml:67:5: pools[1]: makes 65 collectors and pools, together "
                                 "they are at most 64"});
}
