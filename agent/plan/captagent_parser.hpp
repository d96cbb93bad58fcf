#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "agent/plan/captagent_error.hpp"

namespace heptap::captagent {

struct Argument {
  std::string text;
  CaptagentPlace at = {};
};

/// A function with what is in its brackets.
struct Call {
  std::string name = {};
  std::vector<Argument> arguments = {};
  CaptagentPlace at = {};
};

/// What `if` and `while` ask.
struct Expression {
  enum class Kind : std::uint8_t { call, number, all_of, any_of, negation };

  Kind kind = Kind::number;
  Call call = {};
  bool is_true = false;                ///< of number
  std::vector<Expression> parts = {};  ///< of all_of and any_of two or more, of negation one
};

struct Statement {
  enum class Kind : std::uint8_t { call, drop, branch, loop };

  Kind kind = Kind::call;
  CaptagentPlace at = {};
  Call call = {};
  Expression condition = {};              ///< of branch and loop
  std::vector<Statement> body = {};       ///< when it holds
  std::vector<Statement> otherwise = {};  ///< of branch
};

/// capture[name] { … }
struct Block {
  std::string name = {};  ///< may be empty
  CaptagentPlace at = {};
  std::vector<Statement> statements = {};
};

/// The most of what is in something else: brackets, braces, `!`, `else if`.
inline constexpr int max_depth = 64;

/// Reads the grammar; what functions there are is not looked at.
/// gives     one block or more
/// throws    CaptagentError
/// source    capplan.tab.y of captagent 6.4, and `while`
[[nodiscard]] std::vector<Block> parse_plan(std::string_view text);

}  // namespace heptap::captagent
