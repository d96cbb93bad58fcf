#include "proto/sip/mask_headers.hpp"

#include <algorithm>
#include <cstddef>

#include "proto/sip/chars.hpp"
#include "proto/sip/mask_credentials.hpp"
#include "proto/sip/mask_names.hpp"

namespace heptap {

using namespace sip_chars;

namespace {

constexpr auto npos = std::string_view::npos;

/// Headers without a number: those that have names in front of a URI, whatever they are called.
void mask_other(const SipHeader& header, MaskPen& pen) noexcept {
  constexpr std::string_view info = "Authentication-Info";
  constexpr std::string_view proxy_info = "Proxy-Authentication-Info";
  if (equal_ignoring_case(header.name, info) || equal_ignoring_case(header.name, proxy_info)) {
    return mask_auth_params(header.value, pen);
  }
  if (pen.hides_users() && header.value.find('<') != npos) mask_names(header.value, pen);
}

/// Takes a header field with the lines that fold into it.
std::string_view take_field(std::string_view& rest) noexcept {
  std::size_t end = rest.find('\n');
  while (end != npos && end + 1 < rest.size() && is_wsp(rest[end + 1])) {
    end = rest.find('\n', end + 1);
  }
  const std::string_view field = rest.substr(0, end);
  rest.remove_prefix(end == npos ? rest.size() : end + 1);
  return field;
}

}  // namespace

void mask_header(const SipHeader& header, MaskPen& pen) noexcept {
  switch (header.id) {
    case HeaderId::from:
    case HeaderId::to:
    case HeaderId::contact:
    case HeaderId::route:
    case HeaderId::record_route:
    case HeaderId::p_asserted_identity:
    case HeaderId::p_preferred_identity:
    case HeaderId::remote_party_id:
    case HeaderId::diversion:
    case HeaderId::history_info:
    case HeaderId::refer_to:
    case HeaderId::referred_by:
    case HeaderId::path:
    case HeaderId::service_route:
      if (pen.hides_users()) mask_names(header.value, pen);
      return;
    case HeaderId::authorization:
    case HeaderId::proxy_authorization:
    case HeaderId::www_authenticate:
    case HeaderId::proxy_authenticate: return mask_credentials(header.value, pen);
    case HeaderId::identity:
      if (pen.hides_users()) mask_identity(header.value, pen);
      return;
    case HeaderId::other: return mask_other(header, pen);
    default: return;
  }
}

std::string_view mask_header_lines(std::string_view text, MaskPen& pen) noexcept {
  while (!text.empty()) {
    const std::string_view field = take_field(text);
    if (trim(field).empty()) break;
    const std::size_t colon = field.find(':');
    if (colon == npos) continue;
    const std::string_view name = trim(field.substr(0, colon));
    mask_header({name, trim(field.substr(colon + 1)), header_id(name)}, pen);
  }
  return text;
}

}  // namespace heptap
