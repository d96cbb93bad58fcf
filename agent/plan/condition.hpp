#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/plan/field.hpp"
#include "config/prefixes.hpp"

namespace re2 {
class RE2;
}

namespace heptap {

/// How a value is compared.
enum class Comparison : std::uint8_t {
  exists,
  equal,
  not_equal,
  less,
  less_or_equal,
  greater,
  greater_or_equal,
  contains,
  matches,
  in,
};

/// Whether one value of a field has to be so, or all; none when it has none at all.
enum class Quantifier : std::uint8_t { any, all };

/// What a field is compared with, both ends included; of a single value, both are the same.
/// `address` is of an ipv4 or ipv6 field, with as many bits as count.
struct Literal {
  std::uint64_t number = 0;  ///< flag, number
  double real = 0;
  std::string text;
  AddressPrefix address;
};
struct LiteralRange {
  Literal first;
  Literal last;
};

/// One comparison, checked: its literals are of the field's type.
struct FieldTest {
  FieldRef field;
  Comparison comparison = Comparison::exists;
  Quantifier quantifier = Quantifier::any;
  std::vector<LiteralRange> values;  ///< one but of `in`; none of exists
  FieldRef other;                    ///< compared with a field instead; else its field is null
  std::shared_ptr<const re2::RE2> expression;  ///< of matches
};

/// A condition as a tree.
struct Condition {
  enum class Kind : std::uint8_t { test, all_of, any_of, negation };

  Kind kind = Kind::test;
  FieldTest test;
  std::vector<Condition> parts;  ///< of all_of and any_of two or more, of negation one
};

/// What is wrong in a condition, and where.
struct ConditionProblem {
  std::size_t offset = 0;  ///< in the text, in bytes
  std::size_t size = 1;    ///< of what is wrong; at least 1
  std::string message;
  std::string hint;  ///< may be empty
};

/// Why a text is no condition: the first thing that is wrong.
class ConditionError : public std::runtime_error {
 public:
  explicit ConditionError(ConditionProblem problem)
      : std::runtime_error(problem.message), problem_(std::move(problem)) {}

  [[nodiscard]] const ConditionProblem& problem() const noexcept { return problem_; }

 private:
  ConditionProblem problem_;
};

/// The line of the text that a problem is in, and a caret below it.
/// gives     two lines, without a newline at the end
[[nodiscard]] std::string show(std::string_view text, const ConditionProblem& problem);

/// Reads a Wireshark display filter.
/// text      at most max_condition_bytes
/// has_local_networks   it is known which networks are our own: fields may ask for it
/// throws    ConditionError: of the grammar, of fields that do not exist, of types
/// source    wireshark-filter(4), of Wireshark 4.0
[[nodiscard]] Condition parse_condition(std::string_view text, bool has_local_networks = true);

inline constexpr std::size_t max_condition_bytes = 16'384;

}  // namespace heptap
