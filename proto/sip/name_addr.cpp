#include "proto/sip/name_addr.hpp"

#include <algorithm>
#include <cstddef>

#include "proto/sip/chars.hpp"
#include "proto/sip/params.hpp"

namespace heptap {

using namespace sip_chars;

namespace {

Result<NameAddrView> parse_bracketed(std::string_view value, std::size_t open) noexcept {
  const std::size_t close = value.find('>', open);
  if (close == std::string_view::npos) return Errc::malformed;
  NameAddrView out;
  out.display_name = unquote(trim(value.substr(0, open)));
  out.uri = trim(value.substr(open + 1, close - open - 1));
  out.params = value.substr(close + 1);
  if (out.uri.empty()) return Errc::malformed;
  return out;
}

}  // namespace

std::string_view NameAddrView::tag() const noexcept {
  // Nearly always it is the first parameter, and a plain token.
  constexpr std::string_view first = ";tag=";
  if (params.starts_with(first)) {
    const std::string_view rest = params.substr(first.size());
    const auto stop = std::find_if_not(rest.begin(), rest.end(), is_token);
    if (stop != rest.begin() && (stop == rest.end() || *stop == ';')) return {rest.begin(), stop};
  }
  return param_value(params, "tag");
}

Result<NameAddrView> parse_name_addr(std::string_view value) noexcept {
  // A bracket after a semicolon belongs to a parameter, if to anything.
  const std::size_t mark = find_unquoted(value, '<', ';');
  if (mark != std::string_view::npos && value[mark] == '<') return parse_bracketed(value, mark);
  NameAddrView out;
  out.uri = trim(value.substr(0, mark));
  if (mark != std::string_view::npos) out.params = value.substr(mark);
  const bool has_quote = out.uri.find('"') != std::string_view::npos;
  if (out.uri.empty() || has_quote) return Errc::malformed;
  return out;
}

}  // namespace heptap
