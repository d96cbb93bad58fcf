#pragma once

#include <cstdint>
#include <lua.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "agent/plan/field_cache.hpp"
#include "agent/plan/rule.hpp"
#include "agent/plan/subject.hpp"

namespace heptap {

/// The message that a function of a script is asked about:
///   msg["sip.from.user"]          the first value of a field; nil: it has none
///   msg:all("sip.Via.branch")     a table of all of them
///   msg.node_suffix = "-x"        what a rule's node_suffix is, for this message
/// Texts, and what a protocol matched, are strings of any bytes; addresses are text.
class LuaMessage {
 public:
  /// Names of fields that a script may ask for in all.
  static constexpr std::size_t max_fields = 128;
  static constexpr std::size_t max_name_bytes = 255;

  LuaMessage();
  LuaMessage(const LuaMessage&) = delete;
  LuaMessage& operator=(const LuaMessage&) = delete;

  /// Puts the object on the stack, once for a state. It can be asked between begin() and end().
  void push(lua_State* lua);

  /// message   must live until end()
  void begin(const PlanSubject& message) noexcept;
  void end() noexcept { message_ = nullptr; }

  /// gives     what was set since begin(): clean text, cut to max_node_suffix_bytes
  [[nodiscard]] std::string_view node_suffix() const noexcept { return node_suffix_; }

 private:
  enum class Found : std::uint8_t { yes, no, too_many };

  static int get(lua_State* lua);
  static int get_all(lua_State* lua);
  static int set(lua_State* lua);
  [[nodiscard]] const Field& field_at(std::uint32_t slot) const noexcept {
    return *fields_[slot].field;
  }
  [[nodiscard]] std::uint32_t slot_of(lua_State* lua);
  [[nodiscard]] Found add_field(std::string_view name) noexcept;
  [[nodiscard]] std::span<const Value> values(lua_State* lua, std::uint32_t slot);

  const PlanSubject* message_ = nullptr;
  std::vector<FieldRef> fields_;
  FieldCache cache_{max_fields};
  std::string node_suffix_;
};

}  // namespace heptap
