#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "agent/plan/field.hpp"

namespace heptap {

/// The fields that a plan asks for, each read at most once a message. One thread uses it; it is the only
/// thing that changes while a plan decides. It allocates when it is made.
class FieldCache {
 public:
  explicit FieldCache(std::size_t fields) : slots_(fields) {}

  /// Another message.
  /// message   must outlive what is asked of it
  void begin(const PlanSubject& message) noexcept {
    message_ = &message;
    ++message_number_;
  }

  /// slot      of the field in this plan
  [[nodiscard]] const FieldValues& values(std::uint32_t slot, const FieldRef& field) noexcept {
    Slot& at = slots_[slot];
    if (at.message_number != message_number_) {
      at.message_number = message_number_;
      at.values.clear();
      field.field->read(*message_, field.header, at.values);
      if (at.values.overflowed()) ++cut_;
    }
    return at.values;
  }

  /// Somebody looks at the first `bytes` of these texts only, together.
  void note_longer(std::span<const Value> texts, std::size_t bytes) noexcept {
    std::size_t all = 0;
    for (const Value& text : texts) all += text.text().size();
    if (all > bytes) ++cut_;
  }

  /// gives     how often a field had more values, or longer ones, than was looked at
  [[nodiscard]] std::uint64_t cut() const noexcept { return cut_; }

 private:
  struct Slot {
    std::uint64_t message_number = 0;
    FieldValues values;
  };

  const PlanSubject* message_ = nullptr;
  std::uint64_t message_number_ = 0;
  std::vector<Slot> slots_;
  std::uint64_t cut_ = 0;
};

}  // namespace heptap
