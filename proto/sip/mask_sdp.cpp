#include "proto/sip/mask_sdp.hpp"

#include <algorithm>
#include <cstddef>

#include "proto/sip/chars.hpp"
#include "proto/sip/sdp_fields.hpp"

namespace heptap {

using namespace sdp_fields;
using namespace sip_chars;

namespace {

constexpr auto npos = std::string_view::npos;

/// a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:KEY|2^20|1:4;inline:KEY; so does a=cryptoscale, [MS-SDPEXT]
void mask_crypto(std::string_view value, MaskPen& pen) noexcept {
  for (std::size_t at = value.find(':'); at != npos; at = value.find(':')) {
    const std::size_t name = value.find_last_of(" \t;", at) + 1;
    const bool is_key = equal_ignoring_case(value.substr(name, at - name), "inline");
    value.remove_prefix(at + 1);
    if (!is_key) continue;
    const std::string_view key = value.substr(0, value.find_first_of("| \t;"));
    pen.hide_secret(key);
    value.remove_prefix(key.size());
  }
}

void mask_attribute(std::string_view value, MaskPen& pen) noexcept {
  std::string_view name = take_until(value, ':');
  if (equal_ignoring_case(name, "acap")) {  // a=acap:1 crypto:1 AES...
    take_word(value);
    name = take_until(value, ':');
  }
  const bool is_crypto =
      equal_ignoring_case(name, "crypto") || equal_ignoring_case(name, "cryptoscale");
  if (is_crypto) return mask_crypto(value, pen);
  if (equal_ignoring_case(name, "ice-pwd")) return pen.hide_secret(value);
  if (!equal_ignoring_case(name, "key-mgmt")) return;
  take_word(value);  // the protocol
  pen.hide_secret(value);
}

/// a=ssrc:314159 cname:bob@192.0.2.1, which RTCP repeats
void mask_cname(std::string_view attribute, MaskPen& pen) noexcept {
  constexpr std::string_view name = "ssrc:";
  if (!equal_ignoring_case(attribute.substr(0, name.size()), name)) return;
  take_word(attribute);  // the source, with the name
  if (!equal_ignoring_case(take_until(attribute, ':'), "cname")) return;
  pen.hide_user(attribute.substr(0, attribute.find('@')));
}

void mask_sdp_user(std::string_view line, MaskPen& pen) noexcept {
  std::string_view value = line.substr(2);
  if (line[0] == 'a') return mask_cname(value, pen);
  if (line[0] == 'o') {
    const std::string_view user = take_word(value);
    if (user != "-") pen.hide_user(user.substr(0, user.find('@')));
  } else if (line[0] == 'e' || line[0] == 'p') {
    pen.hide_user(trim(value));
  }
}

}  // namespace

void mask_sdp_keys(std::string_view line, MaskPen& pen) noexcept {
  if (line.starts_with("a=")) return mask_attribute(line.substr(2), pen);
  if (!line.starts_with("k=")) return;
  const std::size_t colon = line.find(':');
  if (colon != npos) pen.hide_secret(line.substr(colon + 1));
}

void mask_sdp(std::string_view text, MaskPen& pen) noexcept {
  while (!text.empty()) {
    const std::string_view line = trim_right(take_until(text, '\n'));
    if (line.size() < 2 || line[1] != '=') {
      if (pen.masks().bodies) pen.hide_content(line);
      continue;
    }
    if (pen.masks().keys) mask_sdp_keys(line, pen);
    if (pen.hides_users()) mask_sdp_user(line, pen);
  }
}

}  // namespace heptap
