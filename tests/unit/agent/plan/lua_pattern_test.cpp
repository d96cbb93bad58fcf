#include "agent/plan/lua_pattern.hpp"

#include <catch2/catch.hpp>
#include <lua.hpp>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace heptap {
namespace {

using Outcome = LuaPattern::Outcome;

// What string.find gives: places and captures, or that it does not like the pattern.
std::string found_by_lua(lua_State* lua, const std::string& text, const std::string& pattern) {
  lua_settop(lua, 0);
  lua_getglobal(lua, "string");
  lua_getfield(lua, 1, "find");
  lua_pushlstring(lua, text.data(), text.size());
  lua_pushlstring(lua, pattern.data(), pattern.size());
  lua_pushinteger(lua, 1);
  if (lua_pcall(lua, 3, LUA_MULTRET, 0) != 0) return "bad pattern";
  if (lua_isnil(lua, 2)) return "none";
  std::string out;
  for (int i = 2; i <= lua_gettop(lua); ++i) {
    std::size_t size = 0;
    const char* const value = lua_tolstring(lua, i, &size);
    out.append(value, size).append("|");
  }
  return out;
}

std::string found(const std::string& text, const std::string& pattern) {
  std::int64_t steps = 1'000'000;
  LuaPattern matcher(text, pattern, steps);
  const Outcome outcome = matcher.search(0);
  if (outcome == Outcome::no) return "none";
  if (outcome != Outcome::yes) return "bad pattern";
  std::string out = std::to_string(matcher.begin() + 1) + '|' + std::to_string(matcher.end()) + '|';
  for (const auto& one : matcher.captures()) {
    out += one.is_place ? std::to_string(one.begin + 1) : text.substr(one.begin, one.size);
    out += '|';
  }
  return out;
}

struct Closer {
  void operator()(lua_State* lua) const { lua_close(lua); }
};

std::unique_ptr<lua_State, Closer> all_of_lua() {
  std::unique_ptr<lua_State, Closer> lua(luaL_newstate());
  luaL_openlibs(lua.get());
  return lua;
}

}  // namespace

TEST_CASE("patterns match what they do in LuaJIT") {
  const auto lua = all_of_lua();
  const std::vector<std::string> texts{
      "",      "a",           "sip:bob@example.com;user=phone", "(a(b)c)d", "aXbXc",
      "  x  ", "THE (quick)", std::string("nul\0nul", 7),       "\xff\x80", "abcabc]^-%"};
  const std::vector<std::string> patterns{
      "",       "^",         "$",       "^$",        "a-b",      "(%a+):(%w+)@([%w.]+)",
      "%b()",   "%f[%a]%a+", "()x()",   "(.)(.)%2",  "[]]",      "[^]]+",
      "[a-]",   "[%]-]",     "[^%s]+$", ".-X(.-)X",  "%z",       "[\x80-\xff]+",
      "%",      "[a",        "(",       "a.)",       "%b",       "%f",
      "%1",     "(()",       "x?y?z?",  "^.*;(.+)$", "%u%l*%p?", "%g+%c*%x*",
      "[%a-z]", "(a)(b)?",   "a+-",     "%d%D%S%A",  "((a)(b))", "[z-a]"};
  for (const std::string& text : texts) {
    for (const std::string& pattern : patterns) {
      CAPTURE(text, pattern);
      CHECK(found(text, pattern) == found_by_lua(lua.get(), text, pattern));
    }
  }
}

TEST_CASE("patterns of any bytes match what they do in LuaJIT") {
  const auto lua = all_of_lua();
  std::mt19937 random(20240611);
  const std::string alphabet = "ab.%()[]^$*+-?1bfw";
  const auto word = [&](const std::string& of, std::size_t most) {
    std::string out(random() % (most + 1), ' ');
    for (char& c : out) c = of[random() % of.size()];
    return out;
  };
  int matches = 0;
  for (int i = 0; i < 200'000; ++i) {
    const std::string text = word("ab1.(", 10);
    const std::string pattern = word(alphabet, 9);
    if (pattern.find_first_of("^$*+?.([%-") == std::string::npos) continue;  // find() is plain then
    const std::string got = found(text, pattern);
    const std::string wanted = found_by_lua(lua.get(), text, pattern);
    matches += got != "none" && got != "bad pattern" ? 1 : 0;
    if (got == wanted) continue;
    CAPTURE(text, pattern);
    CHECK(got == wanted);
  }
  CHECK(matches > 5000);
}

TEST_CASE("what tries too much is stopped") {
  struct Row {
    std::string why, pattern;
  };
  const auto row = GENERATE(values<Row>({{"each place with each place", ".-.-.-b"},
                                         {"the same, longest first", "a*a*a*a*b"},
                                         {"no way back in brackets", "(a*)%1(a*)%2b"},
                                         {"a large set", ".-[^" + std::string(5000, 'x') + "a]"}}));
  CAPTURE(row.why);
  const std::string text(5000, 'a');
  std::int64_t steps = 100'000;
  LuaPattern pattern(text, row.pattern, steps);
  CHECK(pattern.search(0) == Outcome::out_of_steps);
  CHECK(steps < 0);
  CHECK(steps > -10'000);
}

TEST_CASE("a pattern does not go deeper than the stack has room for") {
  std::string pattern;
  for (int i = 0; i < 1000; ++i) pattern += "a?";
  std::int64_t steps = 100'000;
  CHECK(LuaPattern(std::string(1000, 'a'), pattern, steps).search(0) == Outcome::too_complex);
}

}  // namespace heptap
