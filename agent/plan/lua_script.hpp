#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/plan/lua_message.hpp"
#include "agent/plan/lua_state.hpp"
#include "agent/plan/rule.hpp"
#include "agent/plan/subject.hpp"

namespace heptap {

/// A script of a plan, in one thread. What it keeps in its variables, it keeps for this thread.
class LuaScript {
 public:
  enum class Answer : std::uint8_t { no, yes, error };

  /// Runs the script once. When it comes to an error, load_error() has it and every answer is one.
  /// functions  names of global functions that are asked; an empty one is none
  /// errors     std::bad_alloc
  LuaScript(const PlanScript& script, std::span<const std::string> functions);

  /// gives     empty: there was none; else as error()
  [[nodiscard]] const std::string& load_error() const noexcept { return load_error_; }
  /// function  its index
  [[nodiscard]] bool has(std::size_t function) const noexcept {
    return functions_[function] != LUA_NOREF;
  }

  /// Calls a function with the message. Allocates only within the limit of the state.
  /// gives     whether what it gives is neither false nor nil
  [[nodiscard]] Answer ask(std::size_t function, const PlanSubject& message) noexcept;

  /// lifetime  until the next ask()
  [[nodiscard]] std::string_view node_suffix() const noexcept { return message_.node_suffix(); }
  /// gives     one line of clean text, "file.lua:3: …"
  [[nodiscard]] std::string_view error() const noexcept { return error_; }

 private:
  struct Load;
  static int load(lua_State* lua);
  static int call(lua_State* lua);

  LuaState state_;
  LuaMessage message_;
  std::string load_error_;
  std::string_view error_;
  std::vector<int> functions_;  // references of Lua
  int message_object_ = LUA_NOREF;
  int asked_ = LUA_NOREF;
  bool answer_ = false;
};

}  // namespace heptap
