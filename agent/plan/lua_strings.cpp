#include "agent/plan/lua_strings.hpp"

#include <cstring>
#include <string_view>

#include "agent/plan/lua_pattern.hpp"
#include "agent/plan/lua_state.hpp"

namespace heptap {
namespace {

using Outcome = LuaPattern::Outcome;
using Capture = LuaPattern::Capture;

std::string_view check_text(lua_State* lua, int argument) {
  std::size_t size = 0;
  const char* const text = luaL_checklstring(lua, argument, &size);
  return {text, size};
}

// gives     where a place of Lua, from 1 on or from the end, is in a text of that size
std::size_t offset_of(lua_Integer place, std::size_t size) noexcept {
  const auto end = static_cast<lua_Integer>(size);
  if (place < 0) place = place < -end ? 1 : place + end + 1;
  if (place < 1) place = 1;
  return place > end + 1 ? size : static_cast<std::size_t>(place - 1);
}

// gives     whether there is a match; what is wrong is an error
bool is_match(lua_State* lua, Outcome outcome) {
  switch (outcome) {
    case Outcome::no: return false;
    case Outcome::yes: return true;
    case Outcome::malformed: return luaL_error(lua, "malformed pattern") != 0;
    case Outcome::too_complex: return luaL_error(lua, "pattern too complex") != 0;
    case Outcome::out_of_steps: return luaL_error(lua, "the pattern takes too many steps") != 0;
  }
  return false;
}

void push_capture(lua_State* lua, std::string_view text, const Capture& capture) {
  if (capture.is_place) {
    lua_pushinteger(lua, static_cast<lua_Integer>(capture.begin + 1));
  } else {
    lua_pushlstring(lua, text.data() + capture.begin, capture.size);
  }
}

Capture whole(const LuaPattern& match) noexcept {
  return {.begin = match.begin(), .size = match.end() - match.begin(), .is_open = false};
}

// gives     how many
int push_captures(lua_State* lua, std::string_view text, const LuaPattern& match) {
  luaL_checkstack(lua, static_cast<int>(LuaPattern::max_captures), "too many captures");
  for (const Capture& one : match.captures()) push_capture(lua, text, one);
  return static_cast<int>(match.captures().size());
}

int push_captures_or_whole(lua_State* lua, std::string_view text, const LuaPattern& match) {
  if (!match.captures().empty()) return push_captures(lua, text, match);
  push_capture(lua, text, whole(match));
  return 1;
}

int push_places(lua_State* lua, std::size_t begin, std::size_t end) {
  lua_pushinteger(lua, static_cast<lua_Integer>(begin + 1));
  lua_pushinteger(lua, static_cast<lua_Integer>(end));
  return 2;
}

int push_nothing(lua_State* lua) {
  lua_pushnil(lua);
  return 1;
}

// ::memmem takes time that grows with the text alone, whatever is looked for.
int find_plain(lua_State* lua, std::string_view text, std::string_view wanted, std::size_t from) {
  const std::string_view rest = text.substr(from);
  if (wanted.empty()) return push_places(lua, from, from);
  const void* const found = ::memmem(rest.data(), rest.size(), wanted.data(), wanted.size());
  if (found == nullptr) return push_nothing(lua);
  const auto begin = static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
  return push_places(lua, begin, begin + wanted.size());
}

int find(lua_State* lua) {
  const std::string_view text = check_text(lua, 1);
  const std::string_view wanted = check_text(lua, 2);
  const std::size_t from = offset_of(luaL_optinteger(lua, 3, 1), text.size());
  const bool is_plain = wanted.find_first_of("^$*+?.([%-") == std::string_view::npos;
  if (is_plain || lua_toboolean(lua, 4) != 0) return find_plain(lua, text, wanted, from);
  LuaPattern pattern(text, wanted, LuaState::of(lua).steps_left());
  if (!is_match(lua, pattern.search(from))) return push_nothing(lua);
  const int places = push_places(lua, pattern.begin(), pattern.end());
  return places + push_captures(lua, text, pattern);
}

int match(lua_State* lua) {
  const std::string_view text = check_text(lua, 1);
  const std::size_t from = offset_of(luaL_optinteger(lua, 3, 1), text.size());
  LuaPattern pattern(text, check_text(lua, 2), LuaState::of(lua).steps_left());
  if (!is_match(lua, pattern.search(from))) return push_nothing(lua);
  return push_captures_or_whole(lua, text, pattern);
}

// Upvalues: the text, the pattern, where to go on.
int next_match(lua_State* lua) {
  const std::string_view text = check_text(lua, lua_upvalueindex(1));
  const auto from = static_cast<std::size_t>(lua_tointeger(lua, lua_upvalueindex(3)));
  if (from > text.size()) return push_nothing(lua);
  LuaPattern pattern(text, check_text(lua, lua_upvalueindex(2)), LuaState::of(lua).steps_left());
  if (!is_match(lua, pattern.search(from))) return push_nothing(lua);
  const bool is_empty = pattern.end() == pattern.begin();
  lua_pushinteger(lua, static_cast<lua_Integer>(pattern.end() + (is_empty ? 1 : 0)));
  lua_replace(lua, lua_upvalueindex(3));
  return push_captures_or_whole(lua, text, pattern);
}

int gmatch(lua_State* lua) {
  check_text(lua, 1);
  if (check_text(lua, 2).starts_with('^')) {
    return luaL_error(lua, "gmatch: a pattern with ^ would match for ever");
  }
  lua_settop(lua, 2);
  lua_pushinteger(lua, 0);
  lua_pushcclosure(lua, next_match, 3);
  return 1;
}

// %0 is all of the match, %1 its first capture, or all of it when it has none.
void add_by_text(lua_State* lua, luaL_Buffer& out, std::string_view text, const LuaPattern& match,
                 std::string_view by) {
  for (std::size_t i = 0; i < by.size(); ++i) {
    const bool is_escape = by[i] == '%' && i + 1 < by.size();
    if (is_escape) ++i;
    if (!is_escape || by[i] < '0' || by[i] > '9') {
      luaL_addchar(&out, by[i]);
      continue;
    }
    const auto number = static_cast<std::size_t>(by[i] - '0');
    const bool is_whole = number == 0 || (number == 1 && match.captures().empty());
    if (!is_whole && number > match.captures().size()) luaL_error(lua, "gsub: no such capture");
    push_capture(lua, text, is_whole ? whole(match) : match.captures()[number - 1]);
    luaL_addvalue(&out);
  }
}

// What the table does not have, or has as false, stays.
void add_by_table(lua_State* lua, luaL_Buffer& out, std::string_view text,
                  const LuaPattern& match) {
  const Capture key = match.captures().empty() ? whole(match) : match.captures().front();
  push_capture(lua, text, key);
  lua_rawget(lua, 3);
  if (lua_toboolean(lua, -1) == 0) {
    lua_pop(lua, 1);
    push_capture(lua, text, whole(match));
  } else if (lua_isstring(lua, -1) == 0) {
    luaL_error(lua, "gsub: the table has what is no text");
  }
  luaL_addvalue(&out);
}

int gsub(lua_State* lua) {
  const std::string_view text = check_text(lua, 1);
  const bool by_table = lua_istable(lua, 3);
  const std::string_view by = by_table ? std::string_view{} : check_text(lua, 3);
  const lua_Integer most = luaL_optinteger(lua, 4, static_cast<lua_Integer>(text.size() + 1));
  LuaPattern pattern(text, check_text(lua, 2), LuaState::of(lua).steps_left());
  lua_Integer replaced = 0;
  luaL_Buffer out;
  luaL_buffinit(lua, &out);
  std::size_t at = 0;
  while (replaced < most) {
    const bool is_there = is_match(lua, pattern.match(at));
    if (is_there) {
      ++replaced;
      by_table ? add_by_table(lua, out, text, pattern) : add_by_text(lua, out, text, pattern, by);
    }
    const bool moves = is_there && pattern.end() > at;
    if (!moves && at == text.size()) break;
    if (!moves) luaL_addchar(&out, text[at]);
    at = moves ? pattern.end() : at + 1;
    if (pattern.is_anchored()) break;
  }
  luaL_addlstring(&out, text.data() + at, text.size() - at);
  luaL_pushresult(&out);
  lua_pushinteger(lua, replaced);
  return 2;
}

}  // namespace

void add_lua_pattern_functions(lua_State* lua) {
  const luaL_Reg functions[] = {// NOLINT(modernize-avoid-c-arrays): luaL_register wants one
                                {"find", find},
                                {"match", match},
                                {"gmatch", gmatch},
                                {"gsub", gsub},
                                {nullptr, nullptr}};
  luaL_setfuncs(lua, functions, 0);
}

}  // namespace heptap
