#include "transport/file/file_names.hpp"

#include <algorithm>
#include <charconv>

namespace heptap {
namespace {

constexpr std::string_view zstd_extension = ".zst";

// In the order of FileNames::Age.
constexpr std::string_view letters = "YmdHMS";

std::size_t digits_of(std::size_t field) noexcept { return field == 0 ? 4 : 2; }

std::array<unsigned, letters.size()> fields_of(std::time_t time) noexcept {
  std::tm utc{};
  ::gmtime_r(&time, &utc);
  const auto of = [](int value) { return static_cast<unsigned>(value); };
  return {of(utc.tm_year + 1900), of(utc.tm_mon + 1), of(utc.tm_mday),
          of(utc.tm_hour),        of(utc.tm_min),     of(utc.tm_sec)};
}

std::string padded(unsigned value, std::size_t digits) {
  std::string text = std::to_string(value);
  if (text.size() < digits) text.insert(0, digits - text.size(), '0');
  return text;
}

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

// Takes a number of so many digits off the front; false when there is none.
bool take_number(std::string_view& in, std::size_t digits, unsigned& number) noexcept {
  if (in.size() < digits || !std::all_of(in.begin(), in.begin() + digits, is_digit)) return false;
  std::from_chars(in.data(), in.data() + digits, number);
  in.remove_prefix(digits);
  return true;
}

// Walks through a pattern: `text` is called for a character, `field` for a place in `letters`. Ends when
// one gives false, and gives that.
template <class Text, class Field>
bool walk(std::string_view pattern, Text text, Field field) {
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] != '%' || i + 1 == pattern.size()) {
      if (!text(pattern[i])) return false;
      continue;
    }
    const auto place = letters.find(pattern[++i]);
    if (!(place == std::string_view::npos ? text(pattern[i]) : field(place))) return false;
  }
  return true;
}

bool has_time(std::string_view pattern) {
  return !walk(
      pattern, [](char) { return true; }, [](std::size_t) { return false; });
}

// "-1" to "-9999", or nothing.
bool take_try(std::string_view text, unsigned& number) noexcept {
  if (text.empty()) return true;
  if (text.size() < 2 || text[0] != '-' || text[1] == '0') return false;
  text.remove_prefix(1);
  const std::size_t digits = text.size();
  return digits <= 4 && take_number(text, digits, number);
}

}  // namespace

FileNames::FileNames(const std::string& path, bool has_several, bool is_compressed) {
  const auto slash = path.rfind('/');
  folder_ = slash == std::string::npos ? "." : path.substr(0, std::max<std::size_t>(slash, 1));
  pattern_ = slash == std::string::npos ? path : path.substr(slash + 1);
  if (is_compressed && !pattern_.ends_with(zstd_extension)) pattern_ += zstd_extension;
  const bool ends_in_zstd = pattern_.ends_with(zstd_extension);
  const auto searched = pattern_.size() - (ends_in_zstd ? zstd_extension.size() : 0);
  const auto dot = std::string_view(pattern_).substr(0, searched).rfind('.');
  const bool has_extension = dot != std::string::npos && dot != 0;
  extension_ = pattern_.substr(has_extension ? dot : searched);
  pattern_.resize(pattern_.size() - extension_.size());
  if (has_several && !has_time(pattern_ + extension_)) pattern_ += "-%Y%m%d-%H%M%S";
}

std::string FileNames::name(std::time_t begun, unsigned number) const {
  const auto fields = fields_of(begun);
  std::string out;
  const auto append = [&](std::string_view pattern) {
    walk(
        pattern,
        [&](char c) {
          out += c;
          return true;
        },
        [&](std::size_t field) {
          out += padded(fields[field], digits_of(field));
          return true;
        });
  };
  append(pattern_);
  if (number != 0) out += '-' + std::to_string(number);
  append(extension_);
  return out;
}

std::optional<FileNames::Age> FileNames::age_of(std::string_view name) const noexcept {
  Age age{};
  std::string_view rest = name;
  const auto matches = [&](std::string_view pattern) {
    return walk(
        pattern,
        [&](char c) {
          const bool is_same = !rest.empty() && rest.front() == c;
          if (is_same) rest.remove_prefix(1);
          return is_same;
        },
        [&](std::size_t field) { return take_number(rest, digits_of(field), age[field]); });
  };
  if (!matches(pattern_)) return {};
  for (std::size_t i = 0; i <= std::min<std::size_t>(rest.size(), 5); ++i) {
    const std::string_view behind = rest;
    age.back() = 0;
    rest.remove_prefix(i);
    if (take_try(behind.substr(0, i), age.back()) && matches(extension_) && rest.empty()) {
      return age;
    }
    rest = behind;
  }
  return {};
}

}  // namespace heptap
