#include "proto/sip/params.hpp"

#include <algorithm>

#include "proto/sip/chars.hpp"

namespace heptap {

using namespace sip_chars;

namespace {
constexpr auto npos = std::string_view::npos;

/// The comma that ends the first value of a list: one in quotes or brackets does not.
std::size_t end_of_item(std::string_view list) noexcept {
  for (std::size_t at = 0; at < list.size();) {
    const std::size_t stop = find_unquoted(list.substr(at), ',', '<');
    if (stop == npos) return list.size();
    at += stop;
    if (list[at] == ',') return at;
    const std::size_t close = list.find('>', at);
    if (close == npos) return list.size();
    at = close + 1;
  }
  return list.size();
}

}  // namespace

std::size_t end_of_quoted(std::string_view text, std::size_t quote) noexcept {
  for (std::size_t i = quote + 1; i < text.size(); ++i) {
    if (text[i] == '"') return i + 1;
    if (text[i] == '\\') ++i;
  }
  return npos;
}

std::size_t find_unquoted(std::string_view text, char wanted, char other) noexcept {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == wanted || text[i] == other) return i;
    if (text[i] != '"' || (i > 0 && text[i - 1] == '\\')) continue;
    const std::size_t after = end_of_quoted(text, i);
    if (after == npos) return npos;
    i = after - 1;
  }
  return npos;
}

std::size_t find_unquoted(std::string_view text, char wanted) noexcept {
  return find_unquoted(text, wanted, wanted);
}

std::string_view unquote(std::string_view text) noexcept {
  if (text.size() < 2 || text.front() != '"') return text;
  return end_of_quoted(text, 0) == text.size() ? text.substr(1, text.size() - 2) : text;
}

bool next_list_item(std::string_view& rest, std::string_view& item) noexcept {
  while (!rest.empty()) {
    const std::size_t end = end_of_item(rest);
    item = trim(rest.substr(0, end));
    rest.remove_prefix(end == rest.size() ? end : end + 1);
    if (!item.empty()) return true;
  }
  return false;
}

bool next_param(std::string_view& rest, ParamView& out) noexcept {
  std::size_t begin = find_unquoted(rest, ';');
  while (begin != npos) {
    rest.remove_prefix(begin + 1);
    begin = find_unquoted(rest, ';');
    const std::string_view param = trim(rest.substr(0, begin));
    if (param.empty()) continue;
    rest.remove_prefix(std::min(begin, rest.size()));
    const std::size_t equals = find_unquoted(param, '=');
    out.has_value = equals != npos;
    out.name = trim_right(param.substr(0, equals));
    out.value = out.has_value ? unquote(trim_left(param.substr(equals + 1))) : std::string_view{};
    return true;
  }
  return false;
}

ParamView find_param(std::string_view params, std::string_view name) noexcept {
  ParamView param;
  while (next_param(params, param)) {
    if (equal_ignoring_case(param.name, name)) return param;
  }
  return {};
}

std::string_view param_value(std::string_view params, std::string_view name) noexcept {
  return find_param(params, name).value;
}

}  // namespace heptap
