#include "agent/plan/lua_pattern.hpp"

// A pattern is a row of items: a single character or a class of them (%a, [a-z], .), which ? * + - may
// repeat, and special ones that stand alone: captures, %b, %f, %1, and $ at the end. run() takes them one
// after the other, and calls itself where there is more than one way to go on.

namespace heptap {
namespace {

constexpr bool is_between(unsigned char c, char first, char last) noexcept {
  return c >= static_cast<unsigned char>(first) && c <= static_cast<unsigned char>(last);
}
constexpr bool is_lower(unsigned char c) noexcept { return is_between(c, 'a', 'z'); }
constexpr bool is_upper(unsigned char c) noexcept { return is_between(c, 'A', 'Z'); }
constexpr bool is_digit(unsigned char c) noexcept { return is_between(c, '0', '9'); }
constexpr bool is_alnum(unsigned char c) noexcept {
  return is_lower(c) || is_upper(c) || is_digit(c);
}
constexpr bool is_graph(unsigned char c) noexcept { return c > 0x20 && c < 0x7f; }

// An escaped character: a class by its letter, in upper case what is not of it; else that character.
bool is_of_class(unsigned char c, char name) noexcept {
  bool is_of = false;
  switch (name | 0x20) {
    case 'a': is_of = is_lower(c) || is_upper(c); break;
    case 'c': is_of = c < 0x20 || c == 0x7f; break;
    case 'd': is_of = is_digit(c); break;
    case 'g': is_of = is_graph(c); break;
    case 'l': is_of = is_lower(c); break;
    case 'p': is_of = is_graph(c) && !is_alnum(c); break;
    case 's': is_of = c == ' ' || is_between(c, '\t', '\r'); break;
    case 'u': is_of = is_upper(c); break;
    case 'w': is_of = is_alnum(c); break;
    case 'x': is_of = is_digit(c) || is_between(c | 0x20, 'a', 'f'); break;
    case 'z': is_of = c == 0; break;
    default: return static_cast<unsigned char>(name) == c;
  }
  return is_of == is_lower(static_cast<unsigned char>(name));
}

}  // namespace

LuaPattern::Outcome LuaPattern::search(std::size_t from) noexcept {
  Outcome outcome = match(from);
  while (outcome == Outcome::no && !is_anchored_ && from < text_.size()) outcome = match(++from);
  return outcome;
}

LuaPattern::Outcome LuaPattern::match(std::size_t at) noexcept {
  capture_count_ = 0;
  depth_ = 0;
  begin_ = at;
  end_ = run(at, 0);
  for (const Capture& one : captures()) {
    if (end_ != none && one.is_open) end_ = fail(Outcome::malformed);
  }
  if (has_fault()) return fault_;
  return end_ == none ? Outcome::no : Outcome::yes;
}

std::size_t LuaPattern::fail(Outcome fault) noexcept {
  if (!has_fault()) fault_ = fault;
  return none;
}

void LuaPattern::spend(std::size_t steps) noexcept {
  *steps_left_ -= static_cast<std::int64_t>(steps);
  if (*steps_left_ < 0) fail(Outcome::out_of_steps);
}

std::size_t LuaPattern::run(std::size_t s, std::size_t p) noexcept {
  if (depth_ == max_depth) return fail(Outcome::too_complex);
  ++depth_;
  const std::size_t end = run_on(s, p);
  --depth_;
  return end;
}

std::size_t LuaPattern::run_on(std::size_t s, std::size_t p) noexcept {
  while (p < pattern_.size()) {
    spend(1);
    if (has_fault()) return none;
    if (at(p) == '(') return open_capture(s, p + 1);
    if (at(p) == ')') return close_capture(s, p + 1);
    if (at(p) == '$' && p + 1 == pattern_.size()) return s == text_.size() ? s : none;
    std::size_t result = none;
    const bool goes_on = is_special(p) ? take_special(s, p) : take_item(s, p, result);
    if (!goes_on) return result;
  }
  return s;
}

bool LuaPattern::is_special(std::size_t p) const noexcept {
  if (at(p) != '%') return false;
  const char next = at(p + 1);
  return next == 'b' || next == 'f' || is_digit(static_cast<unsigned char>(next));
}

// gives     whether the rest of the pattern is next, at s and p
bool LuaPattern::take_special(std::size_t& s, std::size_t& p) noexcept {
  const char kind = at(p + 1);
  p += 2;
  if (kind == 'f') {
    if (at(p) != '[') return fail(Outcome::malformed) != none;
    const std::size_t end = item_end(p);
    if (has_fault() || !is_frontier(s, p, end)) return false;
    p = end;
    return true;
  }
  s = kind == 'b' ? balanced_end(s, p) : repeated_end(s, kind);
  if (kind == 'b') p += 2;
  return s != none;
}

// gives     the same; else `result` is what all came to
bool LuaPattern::take_item(std::size_t& s, std::size_t& p, std::size_t& result) noexcept {
  const std::size_t end = item_end(p);
  if (has_fault()) return false;
  const char how = end < pattern_.size() ? pattern_[end] : '\0';
  if (how == '*') return result = longest_first(s, p, end), false;
  if (how == '-') return result = shortest_first(s, p, end), false;
  const bool is_there = is_item(s, p, end);
  if (how == '+') return result = is_there ? longest_first(s + 1, p, end) : none, false;
  if (how == '?') {
    if (is_there) result = run(s + 1, end + 1);
    p = end + 1;
    return result == none && !has_fault();
  }
  ++s;
  p = end;
  return is_there;
}

std::size_t LuaPattern::open_capture(std::size_t s, std::size_t p) noexcept {
  if (capture_count_ == max_captures) return fail(Outcome::malformed);
  const bool is_place = at(p) == ')';
  captures_[capture_count_++] = {.begin = s, .is_place = is_place, .is_open = !is_place};
  const std::size_t end = run(s, is_place ? p + 1 : p);
  if (end == none) --capture_count_;
  return end;
}

std::size_t LuaPattern::close_capture(std::size_t s, std::size_t p) noexcept {
  std::size_t last = capture_count_;
  while (last > 0 && !captures_[last - 1].is_open) --last;
  if (last == 0) return fail(Outcome::malformed);
  Capture& capture = captures_[last - 1];
  capture.size = s - capture.begin;
  capture.is_open = false;
  const std::size_t end = run(s, p);
  if (end == none) capture.is_open = true;
  return end;
}

std::size_t LuaPattern::longest_first(std::size_t s, std::size_t p, std::size_t end) noexcept {
  std::size_t last = s;
  while (!has_fault() && is_item(last, p, end)) {
    spend(1);
    ++last;
  }
  for (;; --last) {
    if (has_fault()) return none;
    const std::size_t result = run(last, end + 1);
    if (result != none || last == s) return result;
  }
}

std::size_t LuaPattern::shortest_first(std::size_t s, std::size_t p, std::size_t end) noexcept {
  for (;; ++s) {
    const std::size_t result = run(s, end + 1);
    if (result != none || has_fault() || !is_item(s, p, end)) return result;
    spend(1);
  }
}

std::size_t LuaPattern::balanced_end(std::size_t s, std::size_t p) noexcept {
  if (p + 1 >= pattern_.size()) return fail(Outcome::malformed);
  if (s >= text_.size() || text_[s] != pattern_[p]) return none;
  std::size_t open = 1;
  for (++s; s < text_.size() && !has_fault(); ++s) {
    spend(1);
    if (text_[s] == pattern_[p + 1]) {
      if (--open == 0) return s + 1;
    } else if (text_[s] == pattern_[p]) {
      ++open;
    }
  }
  return none;
}

std::size_t LuaPattern::repeated_end(std::size_t s, char digit) noexcept {
  const auto number = static_cast<std::size_t>(digit - '0');
  if (number == 0 || number > capture_count_) return fail(Outcome::malformed);
  const Capture& capture = captures_[number - 1];
  if (capture.is_open) return fail(Outcome::malformed);
  if (capture.is_place) return none;  // has no text
  spend(capture.size);
  const std::string_view text = text_.substr(capture.begin, capture.size);
  return text_.substr(s).starts_with(text) ? s + text.size() : none;
}

bool LuaPattern::is_frontier(std::size_t s, std::size_t p, std::size_t end) noexcept {
  const char before = s == 0 ? '\0' : text_[s - 1];
  const char here = s < text_.size() ? text_[s] : '\0';
  return !is_in_set(static_cast<unsigned char>(before), p, end - 1) &&
         is_in_set(static_cast<unsigned char>(here), p, end - 1);
}

std::size_t LuaPattern::item_end(std::size_t p) noexcept {
  const char first = pattern_[p++];
  if (first == '%') return p < pattern_.size() ? p + 1 : fail(Outcome::malformed);
  if (first != '[') return p;
  if (at(p) == '^') ++p;
  do {  // a ']' that comes first is one of the set
    if (p >= pattern_.size()) return fail(Outcome::malformed);
    spend(1);
    if (pattern_[p++] == '%') ++p;
  } while (p >= pattern_.size() || pattern_[p] != ']');
  return p + 1;
}

bool LuaPattern::is_item(std::size_t s, std::size_t p, std::size_t end) noexcept {
  if (s >= text_.size()) return false;
  const auto c = static_cast<unsigned char>(text_[s]);
  switch (pattern_[p]) {
    case '.': return true;
    case '%': return is_of_class(c, pattern_[p + 1]);
    case '[': return is_in_set(c, p, end - 1);
    default: return static_cast<unsigned char>(pattern_[p]) == c;
  }
}

// p, last   of its brackets
bool LuaPattern::is_in_set(unsigned char c, std::size_t p, std::size_t last) noexcept {
  const bool is_wanted = pattern_[p + 1] != '^';
  if (!is_wanted) ++p;
  while (++p < last) {
    spend(1);
    if (pattern_[p] == '%') {
      if (is_of_class(c, pattern_[++p])) return is_wanted;
    } else if (pattern_[p + 1] == '-' && p + 2 < last) {
      if (is_between(c, pattern_[p], pattern_[p + 2])) return is_wanted;
      p += 2;
    } else if (static_cast<unsigned char>(pattern_[p]) == c) {
      return is_wanted;
    }
  }
  return !is_wanted;
}

}  // namespace heptap
