#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "proto/slot_index.hpp"
#include "proto/table_use.hpp"

namespace heptap {

/// What only some entries of a table need beside what all of them have: each has the number of its own,
/// or none. There is place for all of them, whose memory is touched when it is used for the first time.
/// Nothing is allocated after the start.
template <class Value>
class SlotPool {
 public:
  static constexpr std::uint32_t none = SlotIndex::none;

  explicit SlotPool(std::size_t max_values) : max_values_(max_values) {
    values_.reserve(max_values);
    free_.reserve(max_values);
  }

  /// The pool is not full.
  /// gives     the number of the value
  [[nodiscard]] std::uint32_t add(const Value& value) noexcept {
    if (free_.empty()) {
      assert(values_.size() < max_values_);
      values_.push_back(value);
      return static_cast<std::uint32_t>(values_.size() - 1);
    }
    const std::uint32_t number = free_.back();
    free_.pop_back();
    values_[number] = value;
    return number;
  }
  void remove(std::uint32_t number) noexcept { free_.push_back(number); }

  [[nodiscard]] Value& operator[](std::uint32_t number) noexcept { return values_[number]; }
  [[nodiscard]] const Value& operator[](std::uint32_t number) const noexcept {
    return values_[number];
  }

  [[nodiscard]] TableUse use() const noexcept {
    return {.entries = values_.size() - free_.size(),
            .max_entries = max_values_,
            .memory_bytes =
                values_.capacity() * sizeof(Value) + free_.capacity() * sizeof(std::uint32_t)};
  }

 private:
  std::size_t max_values_;
  std::vector<Value> values_;
  std::vector<std::uint32_t> free_;
};

}  // namespace heptap
