#include "agent/report/plan_figures.hpp"

#include <catch2/catch.hpp>
#include <sstream>

using namespace heptap;

TEST_CASE("rules of threads are one by their names, whatever plan each thread has") {
  PlanFigures all{.rules = {{"a", {.matched = 5, .sent = 5}}, {"b", {.matched = 1}}},
                  .counters = {{"x", 2}}};
  add(all, {.rules = {{"b", {.matched = 4, .dropped = 4, .limited = 4}}, {"c", {.matched = 9}}},
            .counters = {{"y", 1}, {"x", 3}}});
  REQUIRE(all.rules.size() == 3);
  CHECK(all.rules[0].counts.sent == 5);
  CHECK(all.rules[1].counts.matched == 5);
  CHECK(all.rules[1].counts.limited == 4);
  CHECK(all.rules[2].name == "c");
  REQUIRE(all.counters.size() == 2);
  CHECK(all.counters[0].count == 5);
}

TEST_CASE("a line for each rule and counter is printed, none without a plan") {
  std::ostringstream out;
  print(out, plan_figures(nullptr));
  CHECK(out.str().empty());
  print(out, {.rules = {{"noise", {.matched = 5000, .dropped = 5000, .sampled = 2, .limited = 3}},
                        {"to-bank", {.matched = 1, .sent = 1}}},
              .counters = {{"invites", 4}}});
  CHECK(out.str() ==
        "plan\n"
        "  noise        5,000 matched, 0 sent, 5,000 dropped   (2 sampled, 3 limited)\n"
        "  to-bank      1 matched, 1 sent, 0 dropped\n"
        "  counter invites: 4\n");
}
