#include "agent/plan/lua_script.hpp"

#include <filesystem>

namespace heptap {

struct LuaScript::Load {
  LuaScript* self;
  const PlanScript* script;
  const char* name;
  std::span<const std::string> functions;
};

LuaScript::LuaScript(const PlanScript& script, std::span<const std::string> functions)
    : functions_(functions.size(), LUA_NOREF) {
  const std::string name = '@' + std::filesystem::path(script.file).filename().string();
  Load what{this, &script, name.c_str(), functions};
  if (state_.run(load, &what, LuaState::max_load_steps)) return;
  load_error_ = state_.error();
  functions_.assign(functions.size(), LUA_NOREF);
}

int LuaScript::load(lua_State* lua) {
  const Load& what = *static_cast<const Load*>(lua_touserdata(lua, 1));
  what.self->message_.push(lua);
  what.self->message_object_ = luaL_ref(lua, LUA_REGISTRYINDEX);
  const std::string& text = what.script->text;
  if (luaL_loadbufferx(lua, text.data(), text.size(), what.name, "t") != 0) return lua_error(lua);
  lua_call(lua, 0, 0);
  for (std::size_t i = 0; i < what.functions.size(); ++i) {
    if (what.functions[i].empty()) continue;
    lua_getglobal(lua, what.functions[i].c_str());
    if (lua_isfunction(lua, -1)) {
      what.self->functions_[i] = luaL_ref(lua, LUA_REGISTRYINDEX);
    } else {
      lua_pop(lua, 1);
    }
  }
  return 0;
}

LuaScript::Answer LuaScript::ask(std::size_t function, const PlanSubject& message) noexcept {
  message_.begin(message);
  asked_ = functions_[function];
  const bool is_asked = has(function) && state_.run(call, this, LuaState::max_steps);
  message_.end();
  if (is_asked) return answer_ ? Answer::yes : Answer::no;
  error_ = load_error_;
  if (has(function))
    error_ = state_.error();
  else if (load_error_.empty())
    error_ = "the function is not there";
  return Answer::error;
}

int LuaScript::call(lua_State* lua) {
  auto& self = *static_cast<LuaScript*>(lua_touserdata(lua, 1));
  lua_rawgeti(lua, LUA_REGISTRYINDEX, self.asked_);
  lua_rawgeti(lua, LUA_REGISTRYINDEX, self.message_object_);
  lua_call(lua, 1, 1);
  self.answer_ = lua_toboolean(lua, -1) != 0;
  return 0;
}

}  // namespace heptap
