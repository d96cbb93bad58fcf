#pragma once

#include <cassert>
#include <cstdint>
#include <string_view>
#include <utility>

namespace heptap {

/// Why a parser gave no value. The parser never decides what `incomplete` means: a stream waits for
/// more bytes, a datagram counts a truncation.
enum class Errc : std::uint8_t {
  none,         ///< no error; only an engaged `Result` holds it
  incomplete,   ///< every byte so far is right, but there are too few
  malformed,    ///< no continuation of these bytes can be right
  unsupported,  ///< well formed as far as we know, but nothing we parse
  over_limit,   ///< larger than a documented bound
};

/// gives     the enumerator's own spelling; static storage
[[nodiscard]] constexpr std::string_view to_string(Errc e) noexcept {
  switch (e) {
    case Errc::none: return "none";
    case Errc::incomplete: return "incomplete";
    case Errc::malformed: return "malformed";
    case Errc::unsupported: return "unsupported";
    case Errc::over_limit: return "over_limit";
  }
  return "?";
}

/// A value of T, or the reason why there is none. T must be default constructible and cheap to
/// move: results are small views, never owners.
template <class T>
class [[nodiscard]] Result {
 public:
  constexpr Result(T value) noexcept : value_(std::move(value)) {}  // NOLINT: implicit on purpose
  constexpr Result(Errc error) noexcept : error_(error) { assert(error != Errc::none); }  // NOLINT

  [[nodiscard]] constexpr bool ok() const noexcept { return error_ == Errc::none; }
  constexpr explicit operator bool() const noexcept { return ok(); }
  [[nodiscard]] constexpr Errc error() const noexcept { return error_; }

  [[nodiscard]] constexpr const T& operator*() const& noexcept {
    assert(ok());
    return value_;
  }
  [[nodiscard]] constexpr const T* operator->() const noexcept {
    assert(ok());
    return &value_;
  }

 private:
  T value_{};
  Errc error_ = Errc::none;
};

}  // namespace heptap
