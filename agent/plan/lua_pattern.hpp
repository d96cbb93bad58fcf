#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace heptap {

/// Matches a text with a pattern of Lua. Lua's own functions try as many ways as there are, which for
/// "(.-)a(.-)b(.-)c" grows with the cube of the text: here each try is a step, and steps are limited.
/// Text and pattern may hold any bytes; allocates nothing.
/// source    Lua 5.1 reference manual, section 5.4.1; %g and %f as LuaJIT has them
class LuaPattern {
 public:
  static constexpr std::size_t max_captures = 32;

  enum class Outcome : std::uint8_t { no, yes, malformed, too_complex, out_of_steps };

  /// A part of the text, or, as "()" asks for, only where it is.
  struct Capture {
    std::size_t begin = 0;
    std::size_t size = 0;
    bool is_place = false;
    bool is_open = true;
  };

  /// steps_left  what may still be done; less after each call
  LuaPattern(std::string_view text, std::string_view pattern, std::int64_t& steps_left) noexcept
      : text_(text), pattern_(pattern), steps_left_(&steps_left) {
    is_anchored_ = pattern_.starts_with('^');
    if (is_anchored_) pattern_.remove_prefix(1);
  }

  /// gives     yes: begin(), end() and captures() are of the first match that begins there or behind
  [[nodiscard]] Outcome search(std::size_t from) noexcept;
  /// The same, of a match that begins there.
  [[nodiscard]] Outcome match(std::size_t at) noexcept;

  [[nodiscard]] bool is_anchored() const noexcept { return is_anchored_; }
  [[nodiscard]] std::size_t begin() const noexcept { return begin_; }
  [[nodiscard]] std::size_t end() const noexcept { return end_; }
  [[nodiscard]] std::span<const Capture> captures() const noexcept {
    return {captures_.data(), capture_count_};
  }

 private:
  static constexpr std::size_t none = std::string_view::npos;
  static constexpr unsigned max_depth = 200;

  // Places are offsets: s in the text, p in the pattern; none: no match, or a fault.
  [[nodiscard]] std::size_t run(std::size_t s, std::size_t p) noexcept;
  [[nodiscard]] std::size_t run_on(std::size_t s, std::size_t p) noexcept;
  [[nodiscard]] bool take_special(std::size_t& s, std::size_t& p) noexcept;
  [[nodiscard]] bool take_item(std::size_t& s, std::size_t& p, std::size_t& result) noexcept;
  [[nodiscard]] std::size_t open_capture(std::size_t s, std::size_t p) noexcept;
  [[nodiscard]] std::size_t close_capture(std::size_t s, std::size_t p) noexcept;
  [[nodiscard]] std::size_t longest_first(std::size_t s, std::size_t p, std::size_t end) noexcept;
  [[nodiscard]] std::size_t shortest_first(std::size_t s, std::size_t p, std::size_t end) noexcept;
  [[nodiscard]] std::size_t balanced_end(std::size_t s, std::size_t p) noexcept;
  [[nodiscard]] std::size_t repeated_end(std::size_t s, char digit) noexcept;
  [[nodiscard]] bool is_frontier(std::size_t s, std::size_t p, std::size_t end) noexcept;
  [[nodiscard]] std::size_t item_end(std::size_t p) noexcept;
  [[nodiscard]] bool is_item(std::size_t s, std::size_t p, std::size_t end) noexcept;
  [[nodiscard]] bool is_in_set(unsigned char c, std::size_t p, std::size_t last) noexcept;
  [[nodiscard]] bool is_special(std::size_t p) const noexcept;
  [[nodiscard]] char at(std::size_t p) const noexcept {
    return p < pattern_.size() ? pattern_[p] : '\0';
  }
  [[nodiscard]] bool has_fault() const noexcept { return fault_ != Outcome::yes; }
  std::size_t fail(Outcome fault) noexcept;
  void spend(std::size_t steps) noexcept;

  std::string_view text_;
  std::string_view pattern_;
  std::int64_t* steps_left_;
  std::array<Capture, max_captures> captures_{};
  std::size_t capture_count_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  unsigned depth_ = 0;
  Outcome fault_ = Outcome::yes;
  bool is_anchored_ = false;
};

}  // namespace heptap
