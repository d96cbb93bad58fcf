// broken_plans.txt has a plan behind each "=== what is wrong", and behind "---" all that is said of it.
#include <catch2/catch.hpp>
#include <set>
#include <sstream>

#include "agent/plan_settings.hpp"
#include "agent/rule_doubts.hpp"
#include "config/load.hpp"
#include "tests/support/temp_folder.hpp"

using namespace heptap;

namespace {

struct BrokenPlan {
  std::string what;
  std::string text;
  std::string messages;
};

std::vector<BrokenPlan> broken_plans() {
  std::istringstream in(test::read_file(HEPTAP_SOURCE_DIR "/tests/unit/agent/broken_plans.txt"));
  std::vector<BrokenPlan> plans;
  std::string* part = nullptr;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("=== ")) {
      part = &plans.emplace_back(BrokenPlan{line.substr(4), "", ""}).text;
    } else if (line == "---") {
      part = &plans.back().messages;
    } else {
      *part += line + "\n";
    }
  }
  return plans;
}

std::string messages_about(const std::string& text) {
  std::vector<ConfigProblem> warnings;
  try {
    static_cast<void>(
        parse_settings(text, "t.yaml", warnings, {.rule = rule_problems, .rules = rule_doubts}));
  } catch (const ConfigError& error) {
    return std::string{error.what()} + "\n";
  }
  std::string text_of_all;
  for (const ConfigProblem& warning : warnings) text_of_all += to_string(warning) + "\n";
  return text_of_all;
}

}  // namespace

TEST_CASE("each broken plan has its own message, with line, column and what would be right") {
  const auto plans = broken_plans();
  std::set<std::string> different;
  for (const BrokenPlan& plan : plans) {
    CAPTURE(plan.what, plan.text);
    CHECK(messages_about(plan.text) == plan.messages);
    CHECK(different.insert(plan.messages).second);
  }
  CHECK(different.size() >= 40);
}

TEST_CASE("a script that asks for directions needs the networks that are our own") {
  PlanSettings plan;
  plan.lua_file = "plan.lua";
  plan.lua = "function f(msg) return msg['heptap.direction'] == 'inbound' end";
  REQUIRE(script_problems(plan).size() == 1);
  CHECK(script_problems(plan).front().option == "lua");
  plan.local.push_back({.octets = {10}, .bits = 8});
  CHECK(script_problems(plan).empty());
}
