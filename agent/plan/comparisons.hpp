#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "agent/plan/condition.hpp"

namespace heptap {

/// A comparison that is ready to be run: beside its function lies what most of them need, so that a plan
/// of many rules touches little memory.
/// lifetime  borrows from the test
struct ReadyTest {
  /// What it does with the values of its field, and with those of the other one if it has one.
  using Run = bool (*)(const ReadyTest& test, std::span<const Value> values,
                       std::span<const Value> others) noexcept;

  Run run = nullptr;
  std::string_view text;  ///< that text is compared with
  std::uint64_t number =
      0;  ///< that a number is compared with; of an IPv4 address, the bits that count
  std::uint64_t mask = 0;  ///< of an IPv4 address: which bits count
  const FieldTest* test = nullptr;
};

/// gives     a function for any comparison; static storage
[[nodiscard]] ReadyTest::Run run_of(const FieldTest& test) noexcept;

/// The same for what plans are mostly made of: one text, number or IPv4 prefix that values are equal to, or
/// not, or that text contains.
/// gives     null: there is none
[[nodiscard]] ReadyTest::Run fast_run_of(const FieldTest& test) noexcept;

/// gives     whether any of the prefixes holds the address
[[nodiscard]] bool contains(const AddressPrefixes& prefixes, const IpAddress& address) noexcept;

/// gives     how many bytes it looks at, of the first ones of all values together; of most comparisons: all
[[nodiscard]] std::size_t looks_at(const FieldTest& test) noexcept;

[[nodiscard]] ReadyTest make_ready(const FieldTest& test) noexcept;

}  // namespace heptap
