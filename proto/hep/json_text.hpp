#pragma once

#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "proto/bytes.hpp"

namespace heptap::hep {

/// Appends JSON to borrowed space, without blanks. What does not fit clears ok() for good: write all
/// members, check once, and do not use a text that is not whole. Members inside of an object have a
/// key, elements of an array have none. Keys are ours and are written as they are.
class JsonText {
 public:
  explicit JsonText(std::span<std::uint8_t> out) noexcept : w_(out) {}

  [[nodiscard]] bool ok() const noexcept { return w_.ok(); }
  [[nodiscard]] std::size_t size() const noexcept { return w_.size(); }

  void begin_object() noexcept { open('{'); }
  void begin_object(std::string_view key) noexcept { open(key, '{'); }
  void end_object() noexcept { close('}'); }
  void begin_array(std::string_view key) noexcept { open(key, '['); }
  void end_array() noexcept { close(']'); }

  void number(std::string_view key, std::integral auto value) noexcept {
    name(key);
    digits(value);
  }

  void truth(std::string_view key, bool value) noexcept;

  /// tenths    43 is written as 4.3
  void tenths(std::string_view key, std::uint32_t tenths) noexcept;

  /// places    behind the point, at most; zeros at the end are left out: 4.250 is 4.25, 4.000 is 4
  /// What is no number, or beyond 15 digits before the point, is written as null.
  void decimal(std::string_view key, double value, int places) noexcept;

  /// Only the printable ASCII of `value` is written: everything else is left out.
  void text(std::string_view key, std::string_view value) noexcept;

  /// All of `value` is written: what is no UTF-8 as U+FFFD; escaped is all that would act on a terminal.
  /// gives     whether all of it was UTF-8
  bool utf8(std::string_view key, std::string_view value) noexcept;

  /// An element of an array. Printable ASCII without quotes and backslashes, written as it is.
  void element(std::string_view word) noexcept;

 private:
  void name(std::string_view key) noexcept;
  void separate() noexcept;
  void open(char bracket) noexcept;
  void open(std::string_view key, char bracket) noexcept;
  void close(char bracket) noexcept;
  void escaped(std::string_view character) noexcept;
  void put(char c) noexcept { w_.u8(static_cast<std::uint8_t>(c)); }

  void digits(std::integral auto value) noexcept {
    char room[20];
    const auto end = std::to_chars(room, room + sizeof room, value).ptr;
    w_.text({room, static_cast<std::size_t>(end - room)});
  }

  ByteWriter w_;
  bool is_first_ = true;  // in its object or array
};

}  // namespace heptap::hep
