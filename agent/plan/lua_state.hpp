#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <lua.hpp>
#include <string_view>

namespace heptap {

/// An interpreter of LuaJIT that cannot do harm: no file, no process, no machine code, no bytecode,
/// nothing that calls back from C or catches an error, and so much memory, so many steps, and so much
/// time of the thread. Steps are instructions and tries of patterns. One thread uses it; nothing here
/// throws once it is made.
///
/// Errors of Lua unwind C++ frames: functions for Lua have no locals with destructors, and are not
/// noexcept.
class LuaState {
 public:
  static constexpr std::size_t max_memory_bytes = std::size_t{4} << 20U;
  static constexpr std::int64_t max_steps = 100'000;  ///< of one call, about a millisecond
  static constexpr std::int64_t max_load_steps = 10 * max_steps;  ///< when a script is read

  /// errors    std::bad_alloc: there is no memory
  LuaState();
  LuaState(const LuaState&) = delete;
  LuaState& operator=(const LuaState&) = delete;
  ~LuaState();

  /// Calls a function with one argument, a light user data.
  /// gives     whether it came to its end; else error() says why not
  [[nodiscard]] bool run(lua_CFunction function, void* with, std::int64_t steps) noexcept;

  /// gives     one line of clean text, of the last run() that failed
  [[nodiscard]] std::string_view error() const noexcept { return {error_.data(), error_size_}; }
  [[nodiscard]] std::size_t memory_bytes() const noexcept { return memory_bytes_; }

  /// For functions that Lua calls: the state that does.
  [[nodiscard]] static LuaState& of(lua_State* lua) noexcept;
  [[nodiscard]] std::int64_t& steps_left() noexcept { return steps_left_; }

 private:
  static void* allocate(void* self, void* block, std::size_t old_bytes, std::size_t bytes) noexcept;
  static void on_count(lua_State* lua, lua_Debug* at);
  static int open(lua_State* lua);
  static int dispatch(lua_State* lua);
  void keep_error(int status) noexcept;
  void collect() noexcept;

  std::size_t memory_bytes_ = 0;
  std::size_t memory_limit_ = max_memory_bytes;
  std::int64_t steps_left_ = 0;
  std::int64_t until_us_ = 0;  // of the thread's time; 0: not known yet
  std::int64_t most_us_ = 0;   // of a call
  int dispatcher_ = LUA_NOREF;
  lua_CFunction function_ = nullptr;  // that is run, with
  void* with_ = nullptr;
  std::array<char, 256> error_{};
  std::size_t error_size_ = 0;
  lua_State* lua_;  // the last: making it needs the others
};

}  // namespace heptap
