#pragma once

#include <lua.hpp>

namespace heptap {

/// Adds find, match, gmatch and gsub to the table on top of the stack, as Lua 5.1 has them, but with a
/// limit of steps; and gsub takes no function.
/// lua       of a LuaState
/// source    Lua 5.1 reference manual, section 5.4
void add_lua_pattern_functions(lua_State* lua);

}  // namespace heptap
