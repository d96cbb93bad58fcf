#include "agent/plan/lua_state.hpp"

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <limits>
#include <new>
#include <span>

#include "agent/plan/lua_strings.hpp"
#include "proto/hep/text.hpp"

namespace heptap {
namespace {

// Instructions between two looks at the steps. Hooks are not called in compiled traces: the compiler is
// off, which is how it is without the library `jit`, and said once more.
constexpr int steps_a_look = 100;

// A step that works on a text takes as long as the text is. Of the thread's own time: a machine that is busy
// must not make a script fail.
constexpr std::int64_t most_us = 20'000;

std::int64_t thread_time_us() noexcept {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return std::int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1000;
}

struct Library {
  const char* name;
  lua_CFunction open;
  std::span<const std::string_view> functions;  // that are left
};

// Not there: what reads files or bytecode (load, dofile, require, string.dump), what catches errors and
// with them the limits (pcall, xpcall, coroutine), what makes C call Lua (setmetatable, table.sort, a
// function for string.gsub), what stops the collector, print.
constexpr std::array<std::string_view, 13> base_functions{
    "assert", "bit",    "error", "ipairs",   "math",     "next", "pairs",
    "select", "string", "table", "tonumber", "tostring", "type"};
constexpr std::array<std::string_view, 9> string_functions{
    "byte", "char", "format", "len", "lower", "rep", "reverse", "sub", "upper"};
constexpr std::array<std::string_view, 4> table_functions{"concat", "insert", "maxn", "remove"};

// Leaves in the table on top of the stack only what has one of these names.
void keep_only(lua_State* lua, std::span<const std::string_view> names) {
  lua_pushnil(lua);
  while (lua_next(lua, -2) != 0) {
    lua_pop(lua, 1);
    std::size_t size = 0;
    const char* const text = lua_tolstring(lua, -1, &size);  // all keys of libraries are strings
    if (std::find(names.begin(), names.end(), std::string_view{text, size}) != names.end())
      continue;
    lua_pushvalue(lua, -1);
    lua_pushnil(lua);
    lua_rawset(lua, -4);
  }
}

void open_library(lua_State* lua, const char* name, lua_CFunction open,
                  std::span<const std::string_view> functions) {
  lua_pushcfunction(lua, open);
  lua_pushstring(lua, name);
  lua_call(lua, 1, 0);
  if (functions.empty()) return;
  lua_getglobal(lua, name);
  keep_only(lua, functions);
  lua_pop(lua, 1);
}

}  // namespace

LuaState::LuaState() : lua_(lua_newstate(allocate, this)) {
  if (lua_ == nullptr) throw std::bad_alloc{};
  if (lua_cpcall(lua_, open, nullptr) != 0) {
    lua_close(lua_);
    throw std::bad_alloc{};
  }
}

LuaState::~LuaState() { lua_close(lua_); }

int LuaState::open(lua_State* lua) {
  lua_pushcfunction(lua, dispatch);
  of(lua).dispatcher_ = luaL_ref(lua, LUA_REGISTRYINDEX);
  luaJIT_setmode(lua, 0, LUAJIT_MODE_ENGINE | LUAJIT_MODE_OFF);
  lua_gc(lua, LUA_GCSETPAUSE, 110);  // twice what is in use, as it is by default, is soon too much
  open_library(lua, "string", luaopen_string, string_functions);
  open_library(lua, "table", luaopen_table, table_functions);
  open_library(lua, "math", luaopen_math, {});
  open_library(lua, "bit", luaopen_bit, {});
  open_library(lua, "", luaopen_base, {});
  lua_pushvalue(lua, LUA_GLOBALSINDEX);
  keep_only(lua, base_functions);
  lua_getglobal(lua, "string");
  add_lua_pattern_functions(lua);
  return 0;
}

int LuaState::dispatch(lua_State* lua) {
  const LuaState& state = of(lua);
  lua_pushlightuserdata(lua, state.with_);
  return state.function_(lua);
}

// Not lua_cpcall(), which makes a function each time that nothing may ever collect. What is called
// outside of lua_pcall() here allocates nothing, so that it cannot fail.
bool LuaState::run(lua_CFunction function, void* with, std::int64_t steps) noexcept {
  steps_left_ = steps;
  until_us_ = 0;  // asked for when it is known not to be short
  most_us_ = most_us * (steps / max_steps);
  lua_sethook(lua_, on_count, LUA_MASKCOUNT, steps_a_look);
  function_ = function;
  with_ = with;
  lua_rawgeti(lua_, LUA_REGISTRYINDEX, dispatcher_);
  const int status = lua_pcall(lua_, 0, 0, 0);
  if (status == 0) return true;
  keep_error(status);
  lua_settop(lua_, 0);
  if (status == LUA_ERRMEM) collect();
  return false;
}

LuaState& LuaState::of(lua_State* lua) noexcept {
  void* self = nullptr;
  lua_getallocf(lua, &self);
  return *static_cast<LuaState*>(self);
}

void* LuaState::allocate(void* self, void* block, std::size_t old_bytes,
                         std::size_t bytes) noexcept {
  auto& state = *static_cast<LuaState*>(self);
  if (bytes == 0) {
    std::free(block);
    state.memory_bytes_ -= old_bytes;
    return nullptr;
  }
  const std::size_t others = state.memory_bytes_ - old_bytes;
  const bool grows = bytes > old_bytes;
  if (grows && (others > state.memory_limit_ || bytes > state.memory_limit_ - others)) {
    return nullptr;
  }
  void* const out = std::realloc(block, bytes);
  if (out == nullptr) return grows ? nullptr : block;  // Lua knows that what shrinks does not fail
  state.memory_bytes_ = others + bytes;
  return out;
}

// Nothing catches this error. If there are still steps of Lua on the way out, it comes again.
void LuaState::on_count(lua_State* lua, lua_Debug* at) {
  LuaState& state = of(lua);
  state.steps_left_ -= steps_a_look;
  const std::int64_t now_us = thread_time_us();
  if (state.until_us_ == 0) state.until_us_ = now_us + state.most_us_;
  const bool is_late = now_us > state.until_us_;
  if (state.steps_left_ >= 0 && !is_late) return;
  lua_getinfo(lua, "Sl", at);
  const char* const what = is_late ? "takes too long" : "takes too many steps";
  lua_pushfstring(lua, "%s:%d: %s", at->short_src, at->currentline, what);
  lua_error(lua);
}

void LuaState::keep_error(int status) noexcept {
  const char* text = status == LUA_ERRMEM ? "takes too much memory" : "an error that is no text";
  std::size_t size = std::string_view{text}.size();
  const bool is_text = status != LUA_ERRMEM && lua_type(lua_, -1) == LUA_TSTRING;  // no conversion
  if (is_text) text = lua_tolstring(lua_, -1, &size);
  error_size_ = hep::sanitize({text, std::min(size, error_.size())}, error_.data());
}

// Collecting itself may need a little.
void LuaState::collect() noexcept {
  memory_limit_ = std::numeric_limits<std::size_t>::max();
  const auto collect_all = [](lua_State* lua) { return lua_gc(lua, LUA_GCCOLLECT, 0); };
  static_cast<void>(lua_cpcall(lua_, collect_all, nullptr));
  lua_settop(lua_, 0);
  memory_limit_ = max_memory_bytes;
}

}  // namespace heptap
