#pragma once

#include <cstdint>
#include <string_view>

namespace heptap {

/// The header fields heptap knows by number. A compact form (RFC 3261 section 7.3.3 and the IANA
/// registry) has the id of its long form. What is not here is `other`, and found by name.
enum class HeaderId : std::uint8_t {
  other,
  via,
  from,
  to,
  call_id,
  cseq,
  contact,
  content_length,
  content_type,
  max_forwards,
  route,
  record_route,
  user_agent,
  server,
  expires,
  event,
  p_asserted_identity,
  p_preferred_identity,
  remote_party_id,
  diversion,
  history_info,
  privacy,
  authorization,
  proxy_authorization,
  www_authenticate,
  proxy_authenticate,
  allow,
  allow_events,
  supported,
  require,
  proxy_require,
  unsupported,
  accept,
  accept_contact,
  reject_contact,
  request_disposition,
  content_encoding,
  content_disposition,
  subject,
  date,
  timestamp,
  warning,
  reason,
  refer_to,
  referred_by,
  replaces,
  rack,
  rseq,
  session_expires,
  min_se,
  min_expires,
  subscription_state,
  sip_etag,
  sip_if_match,
  path,
  service_route,
  p_charging_vector,
  p_access_network_info,
  identity,
  identity_info,
  retry_after,
  call_info,
  p_rtp_stat,
  x_rtp_stat,
  count_
};

/// name      without colon and white space, any case, long or compact form
/// gives     its id, or HeaderId::other
[[nodiscard]] HeaderId header_id(std::string_view name) noexcept;

/// gives     the long form as its RFC spells it ("Call-ID"); empty for `other`; static storage
[[nodiscard]] std::string_view to_string(HeaderId id) noexcept;

}  // namespace heptap
