// The few comparisons that plans are mostly made of, each in a handful of instructions.
#include <algorithm>
#include <cstring>

#include "agent/plan/comparisons.hpp"

namespace heptap {
namespace {

using Run = ReadyTest::Run;
using Values = std::span<const Value>;

struct SameText {
  static bool holds(const ReadyTest& test, const Value& value) noexcept {
    return value.text() == test.text;
  }
};
struct HasText {
  static bool holds(const ReadyTest& test, const Value& value) noexcept {
    return value.text().find(test.text) != std::string_view::npos;
  }
};
struct SameNumber {
  static bool holds(const ReadyTest& test, const Value& value) noexcept {
    return value.number() == test.number;
  }
};
struct InPrefix {
  static bool holds(const ReadyTest& test, const Value& value) noexcept {
    std::uint32_t address = 0;
    std::memcpy(&address, value.address().octets.data(), 4);
    return (address & test.mask) == test.number;
  }
};

template <class Rule>
bool any(const ReadyTest& test, Values values, Values /*others*/) noexcept {
  return std::any_of(values.begin(), values.end(),
                     [&](const Value& value) { return Rule::holds(test, value); });
}
template <class Rule>
bool all(const ReadyTest& test, Values values, Values /*others*/) noexcept {
  return !values.empty() && std::all_of(values.begin(), values.end(), [&](const Value& value) {
    return Rule::holds(test, value);
  });
}
template <class Rule>
bool any_not(const ReadyTest& test, Values values, Values /*others*/) noexcept {
  return std::any_of(values.begin(), values.end(),
                     [&](const Value& value) { return !Rule::holds(test, value); });
}
template <class Rule>
bool none(const ReadyTest& test, Values values, Values /*others*/) noexcept {
  return !values.empty() && std::none_of(values.begin(), values.end(), [&](const Value& value) {
    return Rule::holds(test, value);
  });
}

template <class Rule>
Run equal_or_not(const FieldTest& test) noexcept {
  const bool is_any = test.quantifier == Quantifier::any;
  if (test.comparison == Comparison::equal) return is_any ? any<Rule> : all<Rule>;
  return is_any ? any_not<Rule> : none<Rule>;
}

Run of_text(const FieldTest& test) noexcept {
  if (test.comparison != Comparison::contains) return equal_or_not<SameText>(test);
  if (test.values.front().first.text.empty()) return nullptr;
  return test.quantifier == Quantifier::any ? any<HasText> : all<HasText>;
}

std::uint32_t raw(const std::array<std::uint8_t, 4>& octets) noexcept {
  std::uint32_t out = 0;
  std::memcpy(&out, octets.data(), 4);
  return out;
}

// In the order of the wire, as addresses are kept.
std::uint32_t mask_of(const AddressPrefix& prefix) noexcept {
  const std::uint64_t bits = ~std::uint64_t{0} << (32U - prefix.bits);
  return raw({static_cast<std::uint8_t>(bits >> 24U), static_cast<std::uint8_t>(bits >> 16U),
              static_cast<std::uint8_t>(bits >> 8U), static_cast<std::uint8_t>(bits)});
}

}  // namespace

ReadyTest::Run fast_run_of(const FieldTest& test) noexcept {
  const bool is_equal =
      test.comparison == Comparison::equal || test.comparison == Comparison::not_equal;
  const bool may_be = is_equal || test.comparison == Comparison::contains;
  if (!may_be || test.other.field != nullptr || test.values.size() != 1) return nullptr;
  switch (test.field.field->type) {
    case ValueType::protocol:
    case ValueType::text:
    case ValueType::ether: return of_text(test);
    case ValueType::flag:
    case ValueType::number: return is_equal ? equal_or_not<SameNumber>(test) : nullptr;
    case ValueType::ipv4: return is_equal ? equal_or_not<InPrefix>(test) : nullptr;
    default: return nullptr;
  }
}

ReadyTest make_ready(const FieldTest& test) noexcept {
  ReadyTest ready;
  ready.test = &test;
  const Run fast = fast_run_of(test);
  ready.run = fast != nullptr ? fast : run_of(test);
  if (test.values.empty()) return ready;
  const Literal& literal = test.values.front().first;
  ready.text = literal.text;
  ready.number = literal.number;
  if (test.field.field->type != ValueType::ipv4) return ready;
  const auto& octets = literal.address.octets;
  ready.mask = mask_of(literal.address);
  ready.number = raw({octets[0], octets[1], octets[2], octets[3]}) & ready.mask;
  return ready;
}

}  // namespace heptap
