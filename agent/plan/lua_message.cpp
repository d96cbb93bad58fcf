#include "agent/plan/lua_message.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <exception>

#include "proto/hep/text.hpp"

namespace heptap {
namespace {

// Of the closures: the LuaMessage, and a table of what is known by name: slots of fields, and `all`.
constexpr int self_upvalue = lua_upvalueindex(1);
constexpr int known_upvalue = lua_upvalueindex(2);
constexpr int name_argument = 2;

LuaMessage& self_of(lua_State* lua) {
  return *static_cast<LuaMessage*>(lua_touserdata(lua, self_upvalue));
}

void push_ether(lua_State* lua, std::string_view octets) {
  std::array<char, 18> text{};
  const auto byte = [&](unsigned index) {
    return static_cast<unsigned>(static_cast<unsigned char>(octets[index]));
  };
  std::snprintf(text.data(), text.size(), "%02x:%02x:%02x:%02x:%02x:%02x", byte(0), byte(1),
                byte(2), byte(3), byte(4), byte(5));
  lua_pushstring(lua, text.data());
}

void push_text(lua_State* lua, std::string_view text) {
  lua_pushlstring(lua, text.data(), text.size());
}

void push_value(lua_State* lua, ValueType type, const Value& value) {
  switch (type) {
    case ValueType::protocol:
    case ValueType::text: return push_text(lua, value.text());
    case ValueType::flag: return lua_pushboolean(lua, value.number() != 0 ? 1 : 0);
    case ValueType::number: return lua_pushnumber(lua, static_cast<lua_Number>(value.number()));
    case ValueType::real: return lua_pushnumber(lua, value.real());
    case ValueType::ipv4:
    case ValueType::ipv6: return push_text(lua, AddressText(value.address()).view());
    case ValueType::ether: return push_ether(lua, value.text());
  }
}

int refuse(lua_State* lua, std::string_view name) {
  const std::string_view near = name.size() > 64 ? std::string_view{} : nearest_field(name);
  push_text(lua, name);
  if (near.empty()) return luaL_error(lua, "%s is no field", lua_tostring(lua, -1));
  push_text(lua, near);
  return luaL_error(lua, "%s is no field, did you mean %s?", lua_tostring(lua, -2),
                    lua_tostring(lua, -1));
}

}  // namespace

LuaMessage::LuaMessage() {
  fields_.reserve(max_fields);
  node_suffix_.reserve(max_node_suffix_bytes);
}

void LuaMessage::push(lua_State* lua) {
  const auto push_function = [&](lua_CFunction function, int known) {
    lua_pushlightuserdata(lua, this);
    lua_pushvalue(lua, known);
    lua_pushcclosure(lua, function, 2);
  };
  lua_newuserdata(lua, 0);
  lua_newtable(lua);
  const int known = lua_gettop(lua);
  push_function(get_all, known);
  lua_setfield(lua, known, "all");
  lua_newtable(lua);
  push_function(get, known);
  lua_setfield(lua, -2, "__index");
  push_function(set, known);
  lua_setfield(lua, -2, "__newindex");
  lua_setmetatable(lua, known - 1);
  lua_settop(lua, known - 1);
}

void LuaMessage::begin(const PlanSubject& message) noexcept {
  message_ = &message;
  cache_.begin(message);
  node_suffix_.clear();
}

int LuaMessage::get(lua_State* lua) {
  lua_pushvalue(lua, name_argument);
  lua_rawget(lua, known_upvalue);
  if (lua_isfunction(lua, -1)) return 1;
  LuaMessage& self = self_of(lua);
  const std::uint32_t slot = self.slot_of(lua);
  const auto values = self.values(lua, slot);
  if (values.empty()) {
    lua_pushnil(lua);
  } else {
    push_value(lua, self.field_at(slot).type, values.front());
  }
  return 1;
}

int LuaMessage::get_all(lua_State* lua) {
  lua_pushvalue(lua, name_argument);
  lua_rawget(lua, known_upvalue);
  LuaMessage& self = self_of(lua);
  const std::uint32_t slot = self.slot_of(lua);
  const auto values = self.values(lua, slot);
  lua_createtable(lua, static_cast<int>(values.size()), 0);
  for (std::size_t i = 0; i < values.size(); ++i) {
    push_value(lua, self.field_at(slot).type, values[i]);
    lua_rawseti(lua, -2, static_cast<int>(i + 1));
  }
  return 1;
}

int LuaMessage::set(lua_State* lua) {
  LuaMessage& self = self_of(lua);
  std::size_t size = 0;
  const char* const name = luaL_checklstring(lua, name_argument, &size);
  if (std::string_view{name, size} != "node_suffix") {
    return luaL_error(lua, "only node_suffix can be set");
  }
  const char* const text = luaL_checklstring(lua, 3, &size);
  std::string_view in{text, size};
  self.node_suffix_.clear();
  for (;;) {
    const std::string_view run = hep::next_clean_run(in);
    if (run.empty()) return 0;
    for (std::string_view rest = run; !rest.empty();) {  // no half of a character
      const std::size_t bytes = hep::utf8_character_bytes(rest);
      if (self.node_suffix_.size() + bytes > max_node_suffix_bytes) return 0;
      self.node_suffix_.append(rest.substr(0, bytes));
      rest.remove_prefix(bytes);
    }
  }
}

// What is known by the name is on top of the stack.
std::uint32_t LuaMessage::slot_of(lua_State* lua) {
  if (lua_isnumber(lua, -1) != 0) return static_cast<std::uint32_t>(lua_tointeger(lua, -1));
  std::size_t size = 0;
  const char* const text = luaL_checklstring(lua, name_argument, &size);
  const std::string_view name{text, size};
  switch (add_field(name)) {
    case Found::yes: break;
    case Found::no: refuse(lua, name); break;
    case Found::too_many: luaL_error(lua, "asks for too many fields"); break;
  }
  const auto slot = static_cast<std::uint32_t>(fields_.size() - 1);
  lua_pushvalue(lua, name_argument);
  lua_pushinteger(lua, static_cast<lua_Integer>(slot));
  lua_rawset(lua, known_upvalue);
  return slot;
}

LuaMessage::Found LuaMessage::add_field(std::string_view name) noexcept {
  if (name.size() > max_name_bytes) return Found::no;
  if (fields_.size() == max_fields) return Found::too_many;
  try {
    auto field = find_field(name);
    if (!field) return Found::no;
    fields_.push_back(std::move(*field));
    return Found::yes;
  } catch (const std::exception&) {  // no memory
    return Found::too_many;
  }
}

std::span<const Value> LuaMessage::values(lua_State* lua, std::uint32_t slot) {
  if (message_ == nullptr) luaL_error(lua, "there is no message here");
  const FieldRef& field = fields_[slot];
  if (!field.field->kinds.contains(message_->kind)) return {};
  return cache_.values(slot, field).all();
}

}  // namespace heptap
