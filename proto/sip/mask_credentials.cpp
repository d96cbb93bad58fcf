#include "proto/sip/mask_credentials.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include "proto/sip/chars.hpp"

namespace heptap {

using namespace sip_chars;

namespace {

constexpr auto npos = std::string_view::npos;

bool is_one_of(std::string_view word, const auto& list) noexcept {
  return std::any_of(list.begin(), list.end(),
                     [&](std::string_view known) { return equal_ignoring_case(word, known); });
}

/// Their parameters say who asks whom for what. All that is not in the list is a secret, or
/// unknown (response, cnonce, opaque, rspauth, auts, ck, ik, gssapi-data).
constexpr std::array<std::string_view, 16> public_params{
    "realm",     "nonce",     "uri",     "qop",
    "nc",        "algorithm", "stale",   "domain",
    "nextnonce", "charset",   "version", "targetname",
    "userhash",  "cnum",      "snum",    "integrity-protected"};

constexpr std::array<std::string_view, 4> schemes_with_params{"Digest", "NTLM", "Kerberos",
                                                              "TLS-DSK"};

/// Where the quoted string that begins at text[0] closes; the end of the text when it does not.
std::size_t close_of_quoted(std::string_view text) noexcept {
  for (std::size_t quote = text.find('"', 1); quote != npos; quote = text.find('"', quote + 1)) {
    std::size_t slashes = 0;
    while (text[quote - 1 - slashes] == '\\') ++slashes;
    if (slashes % 2 == 0) return quote;
  }
  return text.size();
}

void mask_param(std::string_view name, std::string_view value, MaskPen& pen) noexcept {
  if (equal_ignoring_case(name, "username")) {
    if (!pen.hides_users()) return;
    const std::size_t colon = value.find(':');
    const std::string_view scheme = value.substr(0, colon);
    const bool is_uri = equal_ignoring_case(scheme, "sip") || equal_ignoring_case(scheme, "sips");
    if (is_uri && colon != npos) value.remove_prefix(colon + 1);
    return pen.hide_user(value.substr(0, value.find('@')));
  }
  if (equal_ignoring_case(name, "username*")) {
    if (pen.hides_users()) pen.hide_secret(value);
    return;
  }
  if (pen.masks().credentials && !is_one_of(name, public_params)) pen.hide_secret(value);
}

}  // namespace

void mask_auth_params(std::string_view params, MaskPen& pen) noexcept {
  while (!params.empty()) {
    const std::size_t equals = params.find('=');
    if (equals == npos) {
      if (pen.masks().credentials) pen.hide_secret(params);
      return;
    }
    const std::string_view before = params.substr(0, equals);
    const std::string_view name = trim(before.substr(before.rfind(',') + 1));
    params = trim_left(params.substr(equals + 1));
    const bool is_quoted = params.starts_with('"');
    const std::size_t end =
        is_quoted ? close_of_quoted(params) : std::min(params.find(','), params.size());
    const std::size_t begin = is_quoted ? 1 : 0;
    mask_param(name, params.substr(begin, end - begin), pen);
    params.remove_prefix(std::min(end + begin, params.size()));
  }
}

void mask_credentials(std::string_view value, MaskPen& pen) noexcept {
  std::size_t end = 0;
  while (end < value.size() && !is_lws(value[end])) ++end;
  const std::string_view scheme = value.substr(0, end);
  const std::string_view rest = value.substr(end);
  if (is_one_of(scheme, schemes_with_params)) return mask_auth_params(rest, pen);
  const bool has_user = pen.hides_users() && equal_ignoring_case(scheme, "Basic");
  if (pen.masks().credentials || has_user) pen.hide_secret(rest);
}

void mask_identity(std::string_view value, MaskPen& pen) noexcept {
  std::string_view token = value.substr(0, value.find(';'));
  for (std::size_t i = 0; i < token.size();) {
    const std::size_t dot = std::min(token.find_first_of(".\"", i), token.size());
    pen.hide_secret(token.substr(i, dot - i));
    i = dot + 1;
  }
}

}  // namespace heptap
