#include "config/header_names.hpp"

#include <algorithm>

#include "config/text.hpp"

namespace heptap {
namespace {

constexpr std::size_t max_token_bytes = 64;

bool is_token_char(char c) {
  constexpr std::string_view marks = "-.!%*_+`'~";
  const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return is_letter || (c >= '0' && c <= '9') || marks.find(c) != std::string_view::npos;
}

bool is_token(std::string_view text) {
  return !text.empty() && text.size() <= max_token_bytes &&
         std::all_of(text.begin(), text.end(), is_token_char);
}

bool is_header_name(std::string_view text) {
  const auto colon = text.find(':');
  const bool has_param = colon != std::string_view::npos;
  return is_token(text.substr(0, colon)) && (!has_param || is_token(text.substr(colon + 1)));
}

}  // namespace

std::string parse_header_names(std::string_view in, HeaderNames& names) {
  HeaderNames read;
  std::string fault = take_items(in, [&](std::string_view name) -> std::string {
    if (!is_header_name(name)) return "is neither a header nor a header:parameter";
    if (std::find(read.begin(), read.end(), name) != read.end()) return "has a header twice";
    read.emplace_back(name);
    return {};
  });
  if (fault.empty()) names = std::move(read);
  return fault;
}

}  // namespace heptap
