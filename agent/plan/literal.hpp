#pragma once

#include "agent/plan/condition.hpp"
#include "agent/plan/lexer.hpp"

namespace heptap {

/// comparison   how it is compared: what is searched for may be a part
/// gives     what a token stands for beside a field of this kind
/// throws    ConditionError: it cannot be that
[[nodiscard]] Literal literal_of(const Token& token, const Field& field, Comparison comparison);

/// gives     whether `a` comes before `b`, both of a field of this type
[[nodiscard]] bool is_less(const Literal& a, const Literal& b, ValueType type) noexcept;

/// What an expression is compiled to: so large a one is no good on the packet path.
inline constexpr int max_expression_steps = 2048;

/// gives     the expression, which ignores case and takes bytes as they are, as Wireshark's does
/// throws    ConditionError: it is none
[[nodiscard]] std::shared_ptr<const re2::RE2> expression_of(const Token& token);

}  // namespace heptap
