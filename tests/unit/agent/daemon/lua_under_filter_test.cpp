#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "agent/daemon/seccomp_filter.hpp"
#include "agent/plan/lua_script.hpp"
#include "tests/support/child_process.hpp"
#include "tests/unit/agent/plan/messages.hpp"

using namespace heptap;

namespace {

constexpr const char* script = R"lua(
function fine(msg) return msg["ip.src"]:match("^192") and msg["sip.Method"] == "INVITE" end
function endless() while true do end end
function greedy() local kept = {} for i = 1, 1e9 do kept[i] = ("x"):rep(1e5) .. i end end
)lua";

bool answers(LuaScript& loaded, const PlanSubject& message) {
  using Answer = LuaScript::Answer;
  return loaded.ask(0, message) == Answer::yes && loaded.ask(1, message) == Answer::error &&
         loaded.ask(2, message) == Answer::error && loaded.ask(0, message) == Answer::yes;
}

}  // namespace

TEST_CASE("scripts are loaded, asked, stopped and replaced under the filter") {
  const test::PlanMessage message(test::invite);
  const test::ChildEnd end = test::in_child([&] {
    install_seccomp_filter({"nobody", SeccompMode::on, false});
    for (int i = 0; i < 3; ++i) {
      LuaScript made({"plan.lua", script}, std::vector<std::string>{"fine", "endless", "greedy"});
      if (!answers(made, message.subject)) return 1;
    }
    return 0;
  });
  CHECK(end == test::ChildEnd{0, 0});
}
