#include "proto/sip/http_upgrade.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "proto/sip/chars.hpp"
#include "proto/sip/params.hpp"

namespace heptap {

using namespace sip_chars;

namespace {

/// How HTTP begins. OPTIONS is a method of SIP, too: there, no URI begins like these.
constexpr std::array<std::string_view, 11> beginnings{
    "HTTP/1.", "GET ",   "POST ",    "HEAD ",     "PUT ",      "DELETE ",
    "PATCH ",  "TRACE ", "CONNECT ", "OPTIONS /", "OPTIONS *",
};

bool may_be_http(std::string_view text) noexcept {
  return std::any_of(beginnings.begin(), beginnings.end(), [&](std::string_view beginning) {
    const std::size_t common = std::min(text.size(), beginning.size());
    return text.substr(0, common) == beginning.substr(0, common);
  });
}

bool is_version(std::string_view word) noexcept {
  return word.size() == 8 && word.starts_with("HTTP/1.") && is_digit(word.back());
}

/// gives     none for one that may upgrade to WebSocket
Errc check_start_line(std::string_view line, bool is_response) noexcept {
  line = trim_right(line);
  const std::size_t space = is_response ? line.find(' ') : line.rfind(' ');
  if (space == std::string_view::npos) return Errc::malformed;
  const std::string_view version = is_response ? line.substr(0, space) : line.substr(space + 1);
  if (!is_version(version)) return Errc::malformed;
  const std::string_view code = trim_left(line.substr(space)).substr(0, 4);
  const bool switches = is_response ? trim_right(code) == "101" : line.starts_with("GET ");
  return switches && version != "HTTP/1.0" ? Errc::none : Errc::unsupported;
}

/// What the header lines say.
class UpgradeHeaders {
 public:
  void add(std::string_view line) noexcept {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return;
    const std::string_view name = trim_right(line.substr(0, colon));
    const std::string_view value = line.substr(colon + 1);
    if (equal_ignoring_case(name, "Upgrade")) to_websocket_ |= list_has(value, "websocket");
    if (equal_ignoring_case(name, "Connection")) upgrades_ |= list_has(value, "upgrade");
  }

  [[nodiscard]] bool upgrade_to_websocket() const noexcept { return to_websocket_ && upgrades_; }

 private:
  static bool list_has(std::string_view list, std::string_view wanted) noexcept {
    for (std::string_view item; next_list_item(list, item);) {
      if (equal_ignoring_case(item, wanted)) return true;
    }
    return false;
  }

  bool to_websocket_ = false;
  bool upgrades_ = false;
};

/// Takes the next line off `rest`, without its line end.
/// gives     false when no whole line is left
bool next_line(std::string_view& rest, std::string_view& line) noexcept {
  const std::size_t newline = rest.find('\n');
  if (newline == std::string_view::npos) return false;
  line = rest.substr(0, newline);
  if (line.ends_with('\r')) line.remove_suffix(1);
  rest.remove_prefix(newline + 1);
  return true;
}

}  // namespace

Result<HttpUpgrade> parse_http_upgrade(Bytes in) noexcept {
  const std::string_view text = as_text(in).substr(0, max_http_head_bytes);
  const Errc unfinished = in.size() < max_http_head_bytes ? Errc::incomplete : Errc::over_limit;
  if (!may_be_http(text)) return Errc::malformed;
  std::string_view rest = text;
  std::string_view line;
  if (!next_line(rest, line)) return unfinished;
  const bool is_response = line.starts_with("HTTP/");
  if (const Errc error = check_start_line(line, is_response); error != Errc::none) return error;
  UpgradeHeaders headers;
  while (next_line(rest, line)) {
    headers.add(line);
    if (!line.empty()) continue;
    if (!headers.upgrade_to_websocket()) return Errc::unsupported;
    return HttpUpgrade{is_response, text.size() - rest.size()};
  }
  return unfinished;
}

}  // namespace heptap
