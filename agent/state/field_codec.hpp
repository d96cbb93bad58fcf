#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <type_traits>
#include <vector>

#include "proto/bytes.hpp"

// Writing and reading have one description: what goes over a record, a field at a time, is a template
// that either of the two is given. FieldWriter gives back what it was given, FieldReader what it reads:
//
//     template <class Fields>
//     void pass(Fields& f, Point& point) {
//       point.x = f.number(point.x);
//       point.is_set = f.flag(point.is_set);
//     }
namespace heptap {

/// Times of packets in a record: 0 to 2^54 microseconds, more than 64 bits of nanoseconds have, so that
/// sums with timers fit in a PackedTime.
inline constexpr std::int64_t latest_saved_us = std::int64_t{1} << 54U;

/// Appends the fields of a record, numbers in network byte order.
class FieldWriter {
 public:
  /// out       must outlive the writer
  explicit FieldWriter(std::vector<std::uint8_t>& out) noexcept : out_(out) {}

  template <std::unsigned_integral Number>
  Number number(Number value) {
    for (std::size_t i = sizeof value; i-- > 0;) {
      out_.push_back(static_cast<std::uint8_t>(std::uint64_t{value} >> (8 * i)));
    }
    return value;
  }
  bool flag(bool value) { return number(std::uint8_t{value}) != 0; }
  template <class Enum>
  Enum choice(Enum value, Enum) {
    number(static_cast<std::uint8_t>(value));
    return value;
  }
  std::int64_t time(std::int64_t value) {
    const std::int64_t kept = std::clamp<std::int64_t>(value, 0, latest_saved_us);
    number(static_cast<std::uint64_t>(kept));
    return value;
  }
  /// none      what says that there is none
  std::int64_t time_or(std::int64_t none, std::int64_t value) {
    return flag(value != none) ? time(value) : value;
  }
  void text(const std::string& value, std::size_t most) {
    const std::size_t size = std::min(value.size(), most);
    number(static_cast<std::uint16_t>(size));
    out_.insert(out_.end(), value.begin(), value.begin() + static_cast<std::ptrdiff_t>(size));
  }
  template <std::size_t size>
  void octets(const std::array<std::uint8_t, size>& value) {
    out_.insert(out_.end(), value.begin(), value.end());
  }
  /// pass_item   passes one item
  template <class Item, class PassItem>
  void list(std::vector<Item>& items, std::size_t most, PassItem pass_item) {
    const std::size_t count = std::min(items.size(), most);
    number(static_cast<std::uint16_t>(count));
    for (std::size_t i = 0; i < count; ++i) pass_item(items[i]);
  }
  /// Of what is passed: a reader refuses a record where it does not hold.
  void require(bool holds) noexcept { is_right_ = is_right_ && holds; }
  [[nodiscard]] bool is_right() const noexcept { return is_right_; }

 private:
  std::vector<std::uint8_t>& out_;
  bool is_right_ = true;
};

/// Reads what FieldWriter has written, or anything else: read all, then ask is_whole() once.
class FieldReader {
 public:
  explicit FieldReader(Bytes in) noexcept : in_(in) {}

  /// gives     whether all was there, each value in its range, and nothing behind it
  [[nodiscard]] bool is_whole() const noexcept {
    return is_right_ && in_.ok() && in_.rest().empty();
  }

  template <std::unsigned_integral Number>
  Number number(Number) noexcept {
    std::uint64_t value = 0;
    for (const std::uint8_t byte : in_.bytes(sizeof(Number))) value = value << 8U | byte;
    return static_cast<Number>(value);
  }
  bool flag(bool) noexcept {
    const std::uint8_t value = in_.u8();
    require(value <= 1);
    return value == 1;
  }
  /// end       behind the last
  template <class Enum>
  Enum choice(Enum, Enum end) noexcept {
    const std::uint8_t value = in_.u8();
    const bool is_one = value < static_cast<std::uint8_t>(end);
    require(is_one);
    return is_one ? static_cast<Enum>(value) : Enum{};
  }
  std::int64_t time(std::int64_t) noexcept {
    const std::uint64_t value = in_.be64();
    const bool is_one = value <= static_cast<std::uint64_t>(latest_saved_us);
    require(is_one);
    return is_one ? static_cast<std::int64_t>(value) : 0;
  }
  std::int64_t time_or(std::int64_t none, std::int64_t) noexcept {
    return flag(false) ? time(0) : none;
  }
  void text(std::string& value, std::size_t most) {
    const std::size_t size = in_.be16();
    require(size <= most);
    value = as_text(in_.bytes(is_right_ ? size : 0));
  }
  template <std::size_t size>
  void octets(std::array<std::uint8_t, size>& value) noexcept {
    const Bytes bytes = in_.bytes(size);
    std::copy(bytes.begin(), bytes.end(), value.begin());
  }
  template <class Item, class PassItem>
  void list(std::vector<Item>& items, std::size_t most, PassItem pass_item) {
    const std::size_t count = in_.be16();
    require(count <= most);
    items.clear();
    for (std::size_t i = 0; i < count && is_right_ && in_.ok(); ++i)
      pass_item(items.emplace_back());
  }
  void require(bool holds) noexcept { is_right_ = is_right_ && holds; }

 private:
  ByteReader in_;
  bool is_right_ = true;
};

}  // namespace heptap
