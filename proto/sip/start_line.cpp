#include "proto/sip/start_line.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>

#include "proto/sip/chars.hpp"

namespace heptap {

using namespace sip_chars;

namespace {

constexpr std::string_view usual_version = "SIP/2.0";

/// Size of the method that `s` may start with, or 0.
std::size_t method_size(std::string_view s) noexcept {
  s = s.substr(0, max_method_bytes + 1);
  const auto* const end = std::find_if_not(s.begin(), s.end(), [](char c) { return is_token(c); });
  const auto size = static_cast<std::size_t>(end - s.begin());
  return size > max_method_bytes ? 0 : size;
}

std::size_t digits_size(std::string_view s) noexcept {
  const auto* const end = std::find_if_not(s.begin(), s.end(), [](char c) { return is_digit(c); });
  return static_cast<std::size_t>(end - s.begin());
}

/// memcmp of a constant size is two instructions; string_view's compare is a call.
bool is_usual_version(const char* seven_bytes) noexcept {
  return std::memcmp(seven_bytes, usual_version.data(), usual_version.size()) == 0;
}

/// Size of the "SIP/x.y" that `s` starts with, or 0.
std::size_t version_size(std::string_view s) noexcept {
  if (s.size() < usual_version.size() || (s[0] | 0x20) != 's') return 0;
  if (is_usual_version(s.data()) && (s.size() == 7 || !is_digit(s[7]))) return 7;
  if (!equal_ignoring_case(s.substr(0, 4), "SIP/")) return 0;
  const std::size_t major = digits_size(s.substr(4));
  const std::size_t dot = 4 + major;
  if (major == 0 || dot >= s.size() || s[dot] != '.') return 0;
  const std::size_t minor = digits_size(s.substr(dot + 1));
  return minor == 0 ? 0 : dot + 1 + minor;
}

bool is_2_0(std::string_view version) noexcept {
  return version.size() == usual_version.size() && version.ends_with("2.0");
}

Result<StartLineView> parse_status_line(std::string_view line, std::size_t version_bytes) noexcept {
  StartLineView out;
  out.line = line;
  out.version = line.substr(0, version_bytes);
  out.version_is_2_0 = is_2_0(out.version);
  const std::string_view after_version = line.substr(version_bytes);
  const std::string_view code = trim_left(after_version);
  const std::size_t digits = digits_size(code);
  const bool separated = code.size() < after_version.size();
  const bool ends = digits == code.size() || is_wsp(code[digits]);
  if (!separated || digits == 0 || !ends) return Errc::malformed;
  out.status_code = 0;
  if (digits == 3) out.status_code = (code[0] - '0') * 100 + (code[1] - '0') * 10 + (code[2] - '0');
  out.reason = trim_left(code.substr(digits));
  return out;
}

/// Where the version at the end of a request line starts, or 0.
std::size_t version_offset(std::string_view line) noexcept {
  if (line.size() <= usual_version.size()) return 0;
  const std::size_t usual_offset = line.size() - usual_version.size();
  if (is_usual_version(line.data() + usual_offset)) return usual_offset;
  const std::size_t space = line.find_last_of(" \t");
  if (space == std::string_view::npos) return 0;
  const std::string_view word = line.substr(space + 1);
  return !word.empty() && version_size(word) == word.size() ? space + 1 : 0;
}

}  // namespace

Result<StartLineView> parse_start_line(std::string_view line) noexcept {
  line = trim_right(line);
  if (const std::size_t bytes = version_size(line)) return parse_status_line(line, bytes);
  const std::size_t method_bytes = method_size(line);
  const std::size_t version = version_offset(line);
  if (method_bytes == 0 || version <= method_bytes) return Errc::malformed;
  const std::string_view between = line.substr(method_bytes, version - method_bytes);
  if (!is_wsp(between.front()) || !is_wsp(between.back())) return Errc::malformed;
  StartLineView out;
  out.line = line;
  out.method = line.substr(0, method_bytes);
  out.request_uri = trim(between);
  if (out.request_uri.empty()) return Errc::malformed;
  out.version = line.substr(version);
  out.version_is_2_0 = is_2_0(out.version);
  return out;
}

bool may_start_sip(std::string_view text) noexcept {
  const std::size_t word = method_size(text);
  if (word == 0) return false;
  if (word == text.size() || is_wsp(text[word])) return true;
  return word == 3 && text[3] == '/' && equal_ignoring_case(text.substr(0, 3), "SIP");
}

}  // namespace heptap
