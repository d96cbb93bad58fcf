// One function for each type, comparison and quantifier, so that running a test is one jump.
#include "agent/plan/comparisons.hpp"

#include <re2/re2.h>

#include <algorithm>
#include <cstring>
#include <limits>

namespace heptap {
namespace {

// gives     below, at or above 0
int order(std::uint64_t a, std::uint64_t b) noexcept { return (a > b) - (a < b); }

int order(std::string_view a, std::string_view b) noexcept { return a.compare(b); }

// Only as many bits as count.
int order(const IpAddress& address, const AddressPrefix& prefix) noexcept {
  const std::size_t whole = prefix.bits / 8U;
  const int first = std::memcmp(address.octets.data(), prefix.octets.data(), whole);
  const unsigned rest = prefix.bits % 8U;
  if (first != 0 || rest == 0) return first;
  const auto mask = static_cast<std::uint8_t>(0xff00U >> rest);
  return int{static_cast<std::uint8_t>(address.octets[whole] & mask)} - int{prefix.octets[whole]};
}

template <ValueType type>
int compare(const Value& value, const Literal& literal) noexcept {
  if constexpr (type == ValueType::text) {
    return order(value.text(), literal.text);
  } else if constexpr (type == ValueType::ipv4 || type == ValueType::ipv6) {
    return order(value.address(), literal.address);
  } else if constexpr (type == ValueType::real) {
    return (value.real() > literal.real) - (value.real() < literal.real);
  } else {
    return order(value.number(), literal.number);
  }
}

template <ValueType type>
int compare(const Value& value, const Value& other) noexcept {
  if constexpr (type == ValueType::text) {
    return order(value.text(), other.text());
  } else if constexpr (type == ValueType::ipv4 || type == ValueType::ipv6) {
    return std::memcmp(value.address().octets.data(), other.address().octets.data(), 16);
  } else if constexpr (type == ValueType::real) {
    return (value.real() > other.real()) - (value.real() < other.real());
  } else {
    return order(value.number(), other.number());
  }
}

template <Comparison comparison>
bool is_so(int order) noexcept {
  switch (comparison) {
    case Comparison::equal: return order == 0;
    case Comparison::not_equal: return order != 0;
    case Comparison::less: return order < 0;
    case Comparison::less_or_equal: return order <= 0;
    case Comparison::greater: return order > 0;
    case Comparison::greater_or_equal: return order >= 0;
    default: return false;
  }
}

// As in Wireshark, nothing contains an empty text.
bool contains(std::string_view text, std::string_view part) noexcept {
  return !part.empty() && ::memmem(text.data(), text.size(), part.data(), part.size()) != nullptr;
}

// Of text that is made for it, RE2 takes each step of an expression at each byte, some 5 ns: a long one looks
// at the first bytes only, of all values together.
std::size_t bytes_of(const re2::RE2& expression) noexcept {
  constexpr std::size_t max_steps = std::size_t{2} << 20U;
  return max_steps / static_cast<std::size_t>(std::max(expression.ProgramSize(), 1));
}

// end       of what it looks at
bool matches(std::string_view text, std::size_t end, const re2::RE2& expression) noexcept {
  return expression.Match({text.data(), text.size()}, 0, end, re2::RE2::UNANCHORED, nullptr, 0);
}

template <ValueType type, Comparison comparison>
bool holds(const FieldTest& test, const Value& value) noexcept {
  if constexpr (comparison == Comparison::contains) {
    return contains(value.text(), test.values.front().first.text);
  } else {
    return is_so<comparison>(compare<type>(value, test.values.front().first));
  }
}

template <ValueType type, Comparison comparison>
bool holds(const Value& value, const Value& other) noexcept {
  if constexpr (comparison == Comparison::contains) {
    return contains(value.text(), other.text());
  } else {
    return is_so<comparison>(compare<type>(value, other));
  }
}

template <Quantifier quantifier>
bool holds_for(std::span<const Value> values, const auto& holds) noexcept {
  if constexpr (quantifier == Quantifier::any) {
    return std::any_of(values.begin(), values.end(), holds);
  }
  return !values.empty() && std::all_of(values.begin(), values.end(), holds);
}

bool run_exists(const ReadyTest& /*test*/, std::span<const Value> values,
                std::span<const Value> /*others*/) noexcept {
  return !values.empty();
}

template <ValueType type, Comparison comparison, Quantifier quantifier>
bool run(const ReadyTest& test, std::span<const Value> values,
         std::span<const Value> /*others*/) noexcept {
  return holds_for<quantifier>(
      values, [&](const Value& value) { return holds<type, comparison>(*test.test, value); });
}

template <Quantifier quantifier>
bool run_matches(const ReadyTest& test, std::span<const Value> values,
                 std::span<const Value> /*others*/) noexcept {
  const re2::RE2& expression = *test.test->expression;
  std::size_t rest = bytes_of(expression);
  return holds_for<quantifier>(values, [&](const Value& value) {
    const std::size_t end = std::min(value.text().size(), rest);
    rest -= end;
    return matches(value.text(), end, expression);
  });
}

// As in Wireshark, a set is one comparison for each of its members: "all" means that all values are in the
// same one.
template <ValueType type, Quantifier quantifier>
bool run_set(const ReadyTest& test, std::span<const Value> values,
             std::span<const Value> /*others*/) noexcept {
  const auto has_values = [&](const LiteralRange& range) {
    return holds_for<quantifier>(values, [&](const Value& value) {
      return compare<type>(value, range.first) >= 0 && compare<type>(value, range.last) <= 0;
    });
  };
  return std::any_of(test.test->values.begin(), test.test->values.end(), has_values);
}

// Each value of the one field with each of the other.
template <ValueType type, Comparison comparison, Quantifier quantifier>
bool run_fields(const ReadyTest& /*test*/, std::span<const Value> values,
                std::span<const Value> others) noexcept {
  return holds_for<quantifier>(values, [&](const Value& value) {
    return holds_for<quantifier>(
        others, [&](const Value& other) { return holds<type, comparison>(value, other); });
  });
}

template <ValueType type, Comparison comparison>
ReadyTest::Run of_comparison(const FieldTest& test) noexcept {
  const bool is_any = test.quantifier == Quantifier::any;
  if (test.other.field != nullptr) {
    return is_any ? run_fields<type, comparison, Quantifier::any>
                  : run_fields<type, comparison, Quantifier::all>;
  }
  return is_any ? run<type, comparison, Quantifier::any> : run<type, comparison, Quantifier::all>;
}

template <ValueType type>
ReadyTest::Run of_set(const FieldTest& test) noexcept {
  const bool is_any = test.quantifier == Quantifier::any;
  return is_any ? run_set<type, Quantifier::any> : run_set<type, Quantifier::all>;
}

template <ValueType type>
ReadyTest::Run of_type(const FieldTest& test) noexcept {
  switch (test.comparison) {
    case Comparison::exists: return run_exists;
    case Comparison::equal: return of_comparison<type, Comparison::equal>(test);
    case Comparison::not_equal: return of_comparison<type, Comparison::not_equal>(test);
    case Comparison::less: return of_comparison<type, Comparison::less>(test);
    case Comparison::less_or_equal: return of_comparison<type, Comparison::less_or_equal>(test);
    case Comparison::greater: return of_comparison<type, Comparison::greater>(test);
    case Comparison::greater_or_equal:
      return of_comparison<type, Comparison::greater_or_equal>(test);
    case Comparison::in: return of_set<type>(test);
    default: break;
  }
  if constexpr (type == ValueType::text) {
    if (test.comparison == Comparison::contains) {
      return of_comparison<type, Comparison::contains>(test);
    }
    const bool is_any = test.quantifier == Quantifier::any;
    return is_any ? run_matches<Quantifier::any> : run_matches<Quantifier::all>;
  }
  return run_exists;  // the parser has let nothing else through
}

}  // namespace

bool contains(const AddressPrefixes& prefixes, const IpAddress& address) noexcept {
  const bool is_v6 = address.family == IpFamily::v6;
  return std::any_of(prefixes.begin(), prefixes.end(), [&](const AddressPrefix& prefix) {
    return prefix.is_v6 == is_v6 && order(address, prefix) == 0;
  });
}

std::size_t looks_at(const FieldTest& test) noexcept {
  return test.expression ? bytes_of(*test.expression) : std::numeric_limits<std::size_t>::max();
}

ReadyTest::Run run_of(const FieldTest& test) noexcept {
  switch (test.field.field->type) {
    case ValueType::protocol:
    case ValueType::text:
    case ValueType::ether: return of_type<ValueType::text>(test);
    case ValueType::flag:
    case ValueType::number: return of_type<ValueType::number>(test);
    case ValueType::real: return of_type<ValueType::real>(test);
    case ValueType::ipv4: return of_type<ValueType::ipv4>(test);
    case ValueType::ipv6: return of_type<ValueType::ipv6>(test);
  }
  return run_exists;
}

}  // namespace heptap
