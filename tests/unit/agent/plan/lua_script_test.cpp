#include "agent/plan/lua_script.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/support/allocation_counter.hpp"
#include "tests/unit/agent/plan/messages.hpp"

namespace heptap {
namespace {

using test::PlanMessage;
using Answer = LuaScript::Answer;

const std::vector<std::string> only_f{"f"};

LuaScript script_of(const std::string& text) { return {{"/etc/heptap/plan.lua", text}, only_f}; }

// A function of one expression, asked about a message: its answer, or its error.
std::string asked(const std::string& expression, std::string_view message = test::invite) {
  LuaScript script =
      script_of("function f(msg) local answer = " + expression + " return answer end");
  REQUIRE(script.load_error().empty());
  const PlanMessage about(message);
  const Answer answer = script.ask(0, about.subject);
  return answer == Answer::error ? std::string{script.error()}
         : answer == Answer::yes ? "yes"
                                 : "no";
}

}  // namespace

TEST_CASE("a field has the type in Lua that it has in the plan") {
  const auto expression = GENERATE(
      as<std::string>{}, R"(msg["sip.Method"] == "INVITE")", R"(msg["sip.CSeq.seq"] == 314159)",
      R"(msg["ip.src"] == "192.0.2.1")", R"(msg["udp.dstport"] == 5080)",
      R"(msg["sip.X-Tenant"] == "blue")", R"(msg["sip.Status-Code"] == nil)",
      R"(#msg:all("sip.X-Tenant") == 2 and msg:all("sip.X-Tenant")[2] == "green")",
      R"(#msg:all("sip.Status-Code") == 0)", R"(type(msg["sip"]) == "string")",
      R"(msg["sip.r-uri"]:match("^sip:(%w+)@") == "bob")");
  CAPTURE(expression);
  CHECK(asked(expression) == "yes");
}

TEST_CASE("what is false or nil does not hold") {
  CHECK(asked("false") == "no");
  CHECK(asked("nil") == "no");
  CHECK(asked("0") == "yes");
}

TEST_CASE("text of any bytes goes through Lua as it is") {
  using namespace std::string_literals;
  const std::string text = "OPTIONS sip:a@b SIP/2.0\r\nX-T: a\0b\xff%s\r\nCSeq: 1 OPTIONS\r\n\r\n"s;
  CHECK(asked(R"(msg["sip.X-T"] == "a\0b\255%s" and msg["sip.X-T"]:find("%z") == 2)", text) ==
        "yes");
  CHECK(asked(R"(error(msg["sip.X-T"]))", text) == "plan.lua:1: ab%s");
}

TEST_CASE("an error says where and what") {
  CHECK(asked(R"(msg["sip.Methood"])") ==
        "plan.lua:1: sip.Methood is no field, did you mean sip.Method?");
  CHECK(asked(R"(msg:all("frob.nicate"))") == "plan.lua:1: frob.nicate is no field");
  CHECK(asked("nothing.at.all") == "plan.lua:1: attempt to index global 'nothing' (a nil value)");
  CHECK(asked("error({})") == "an error that is no text");
  CHECK(script_of("x = = 1").load_error() == "plan.lua:1: unexpected symbol near '='");
  CHECK(script_of("\n\nlocal x = y.z").load_error() ==
        "plan.lua:3: attempt to index global 'y' (a nil value)");
  CHECK_FALSE(script_of("g = 1").has(0));
}

TEST_CASE("a function that does not end is stopped, and the next one is not") {
  const auto body = GENERATE(
      as<std::string>{}, "while true do end", "repeat local a = {} until false",
      "local function g() return g() end return g()", "local function g() return 1 + g() end g()",
      "return ('a'):rep(5000):find('.-.-.-b')", "for _ in ('a'):rep(5000):gmatch('.-.-b') do end",
      "return ('a'):rep(5000):gsub('.-.-.-b', 'x')",
      "for i = 1, 1e9 do ('a'):rep(100):find('a*') end",
      "while true do ('a'):rep(1e5):find('b', 1, true) end",
      "local s = ('a'):rep(2^20) for i = 1, 20000 do s:upper() end");
  CAPTURE(body);
  LuaScript script =
      script_of("function f(msg) if msg['sip.Status-Code'] then return true end " + body + " end");
  const PlanMessage bad(test::invite);
  const PlanMessage good(test::busy);
  for (int i = 0; i < 3; ++i) {
    CHECK(script.ask(0, bad.subject) == Answer::error);
    CHECK_FALSE(script.error().empty());
    CHECK(script.ask(0, good.subject) == Answer::yes);
  }
}

TEST_CASE("a function that wants ever more memory is stopped, and the next one is not") {
  const auto body = GENERATE(
      as<std::string>{}, "return ('x'):rep(1e9)", "local s = 'x' while true do s = s .. s end",
      "local t = {} for i = 1, 1e9 do t[i] = ('x'):rep(10000) .. i end",
      "local s = ('x'):rep(2^20) return (s:gsub('.', s))",
      "local s = ('x'):rep(2^20) return table.concat({s, s, s, s, s, s, s, s})");
  CAPTURE(body);
  LuaScript script =
      script_of("function f(msg) if msg['sip.Status-Code'] then return true end " + body + " end");
  const PlanMessage bad(test::invite);
  const PlanMessage good(test::busy);
  for (int i = 0; i < 3; ++i) {
    CHECK(script.ask(0, bad.subject) == Answer::error);
    CHECK(script.error() == "takes too much memory");
    CHECK(script.ask(0, good.subject) == Answer::yes);
  }
}

TEST_CASE("what a script keeps for ever makes errors when it is too much, and nothing else") {
  LuaScript script =
      script_of("kept = {} function f() kept[#kept + 1] = ('x'):rep(1e5) .. #kept end");
  const PlanMessage message(test::invite);
  int errors = 0;
  for (int i = 0; i < 200; ++i) errors += script.ask(0, message.subject) == Answer::error ? 1 : 0;
  CHECK(errors > 100);
  CHECK(errors < 200);
}

TEST_CASE("garbage is collected before it is too much") {
  LuaScript script = script_of("n = 0 function f() n = n + 1 return ('x'):rep(1e5) .. n end");
  const PlanMessage message(test::invite);
  for (int i = 0; i < 1000; ++i) REQUIRE(script.ask(0, message.subject) == Answer::yes);
}

TEST_CASE("a function that makes no garbage makes none when it is asked") {
  LuaScript script = script_of("function f() end");
  const PlanMessage message(test::invite);
  for (int i = 0; i < 200'000; ++i) REQUIRE(script.ask(0, message.subject) == Answer::no);
}

TEST_CASE("a script has nothing that reads, runs, or gets round its limits") {
  for (
      const char* const name :
      {"io",          "os",         "package",       "require",    "module",         "ffi",
       "jit",         "debug",      "load",          "loadstring", "loadfile",       "dofile",
       "print",       "pcall",      "xpcall",        "coroutine",  "setmetatable",   "getmetatable",
       "rawset",      "getfenv",    "setfenv",       "newproxy",   "collectgarbage", "gcinfo",
       "string.dump", "table.sort", "table.foreach", "_G"}) {
    CAPTURE(name);
    CHECK(asked(std::string{name} + " == nil") == "yes");
  }
  CHECK(asked("('x'):rep(3) == 'xxx' and math.max(1, 2) == 2 and bit.band(6, 3) == 2") == "yes");
  CHECK(script_of("\x1bLJ\x02").load_error() == "attempt to load chunk with wrong mode");
}

TEST_CASE("strings are found and replaced as in Lua, but not by functions") {
  const auto expression = GENERATE(
      as<std::string>{}, "('hello'):gsub('l', 'L') == 'heLLo'",
      "(('abc'):gsub('%w', '%0%0')) == 'aabbcc'", "(('abc'):gsub('', '-')) == '-a-b-c-'",
      "(('a=1'):gsub('(%w)=(%w)', '%2=%1%%')) == '1=a%'", "(('aaa'):gsub('a', 'b', 2)) == 'bba'",
      "(('^a'):gsub('^^a', 'x')) == 'x'", "(('xyz'):gsub('%w', {x = 'X', y = false})) == 'Xyz'",
      "select(2, ('aaa'):gsub('a', '')) == 3", "('a.b'):find('.', 1, true) == 2",
      "('abc'):find('c', -1) == 3", "('abc'):find('', 10) == 4", "('abc'):find('b', -99) == 2",
      "('k=v'):match('(%w)=(%w)') == 'k'", "('abc'):match('()c') == 3",
      "('a b c'):gmatch('%w')() == 'a'");
  CAPTURE(expression);
  CHECK(asked(expression) == "yes");
}

TEST_CASE("a replacement that is a function is refused") {
  CHECK(asked("('a'):gsub('a', function() end)").find("string expected, got function") !=
        std::string::npos);
  CHECK(asked("('a'):gsub('a', '%2')") == "plan.lua:1: gsub: no such capture");
  CHECK(asked("('a'):gsub('a', {a = {}})") == "plan.lua:1: gsub: the table has what is no text");
  CHECK(asked("('a'):gmatch('^a')") == "plan.lua:1: gmatch: a pattern with ^ would match for ever");
}

TEST_CASE("a script sets a node suffix, of clean text that is not too long") {
  const auto set = [](const std::string& value) {
    LuaScript script = script_of("function f(msg) msg.node_suffix = " + value + " end");
    const PlanMessage message(test::invite);
    REQUIRE(script.ask(0, message.subject) == Answer::no);
    return std::string{script.node_suffix()};
  };
  CHECK(set("'-x'") == "-x");
  CHECK(set("'a\\n\"\\0b\\255'") == "ab");
  CHECK(set("('x'):rep(100)") == std::string(20, 'x'));
  CHECK(set("('x'):rep(19) .. 'ä'") == std::string(19, 'x'));
  CHECK(asked("(function() msg.sip = 1 end)()") == "plan.lua:1: only node_suffix can be set");
}

TEST_CASE("a message is there only while it is asked about") {
  LuaScript script = script_of("function f(msg) kept = kept or msg return kept['sip.Method'] end");
  const PlanMessage first(test::invite);
  const PlanMessage second(test::busy);
  CHECK(script.ask(0, first.subject) == Answer::yes);
  CHECK(script.ask(0, second.subject) == Answer::no);
}

TEST_CASE("a script cannot ask for any number of fields") {
  LuaScript script =
      script_of("n = 0 function f(msg) n = n + 1 return msg['sip.X-' .. n] or true end");
  const PlanMessage message(test::invite);
  for (std::size_t i = 0; i < LuaMessage::max_fields; ++i) {
    REQUIRE(script.ask(0, message.subject) == Answer::yes);
  }
  CHECK(script.ask(0, message.subject) == Answer::error);
  CHECK(script.error() == "plan.lua:1: asks for too many fields");
}

TEST_CASE("asking a script allocates nothing outside of it") {
  LuaScript script = script_of(
      "function f(msg) msg.node_suffix = '-' .. msg['ip.src'] return #msg:all('sip.X-Tenant') end");
  const PlanMessage message(test::invite);
  REQUIRE(script.ask(0, message.subject) == Answer::yes);
  const test::AllocationCounter counter;
  for (int i = 0; i < 10; ++i) CHECK(script.ask(0, message.subject) == Answer::yes);
  CHECK(counter.count() == 0);
}

}  // namespace heptap
