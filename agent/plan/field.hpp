#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/plan/subject.hpp"
#include "agent/plan/value.hpp"

namespace heptap {

/// The values that one field has in one message, in its order.
class FieldValues {
 public:
  /// What comes behind is not looked at; overflowed() says so.
  static constexpr std::size_t max_values = 64;

  void clear() noexcept {
    size_ = 0;
    has_overflowed_ = false;
  }
  void add(Value value) noexcept {
    if (size_ == max_values) {
      has_overflowed_ = true;
      return;
    }
    values_[size_++] = value;
  }
  void add_number(std::uint64_t number) noexcept { add(Value::of_number(number)); }
  void add_text(std::string_view text) noexcept { add(Value::of_text(text)); }
  /// Nothing for text that is empty because it is not there.
  void add_if(std::string_view text) noexcept {
    if (!text.empty()) add_text(text);
  }

  [[nodiscard]] std::span<const Value> all() const noexcept { return {values_.data(), size_}; }
  [[nodiscard]] bool overflowed() const noexcept { return has_overflowed_; }

 private:
  std::array<Value, max_values> values_;
  std::size_t size_ = 0;
  bool has_overflowed_ = false;
};

/// What a field needs beside the message itself.
enum class FieldNeed : std::uint8_t {
  nothing,
  local_networks,  ///< plan.local
  calls,           ///< that the call of each message is followed
  copies,          ///< that it is asked about copies of a mirror port, which are dropped otherwise
};

/// One row of the table of fields: all there is to know of one. To add a field, add its row.
struct Field {
  std::string_view name;  ///< as Wireshark has it; below heptap. are our own
  ValueType type;
  SubjectKinds kinds;  ///< of messages that may have it
  /// Adds the field's values.
  /// header    the name of the header that was asked for; only for a header without a row of its own
  void (*read)(const PlanSubject& message, std::string_view header, FieldValues& out) noexcept;
  std::string_view help;                                           ///< one line
  std::uint64_t most = std::numeric_limits<std::uint32_t>::max();  ///< of a number
  FieldNeed need = FieldNeed::nothing;
};

/// A field as a condition names it.
struct FieldRef {
  const Field* field = nullptr;
  std::string header;  ///< of a header that has no row of its own

  [[nodiscard]] std::string_view name() const noexcept {
    return header.empty() ? field->name : std::string_view{header};
  }
  friend bool operator==(const FieldRef&, const FieldRef&) = default;
};

/// gives     every field, in the order of the reference; static storage
[[nodiscard]] std::span<const Field> fields();

/// name      case counts, as in Wireshark. What begins with "sip." and a capital letter and is not
///           nearly the name of a field is the header of that name; what begins with "sip.X-" always
///           is.
/// gives     nothing: there is no such field
[[nodiscard]] std::optional<FieldRef> find_field(std::string_view name);

/// gives     the field that was probably meant, first of all one that differs in case; empty: none is near
[[nodiscard]] std::string_view nearest_field(std::string_view name);

/// gives     what to tell who has named a field that does not exist; may be empty
[[nodiscard]] std::string field_hint(std::string_view name);

}  // namespace heptap
