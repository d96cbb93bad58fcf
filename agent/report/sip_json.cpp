#include "agent/report/sip_json.hpp"

#include <optional>
#include <string>
#include <string_view>

#include "proto/sip/chars.hpp"
#include "proto/sip/cseq.hpp"
#include "proto/sip/message.hpp"
#include "proto/sip/name_addr.hpp"
#include "proto/sip/osip.hpp"
#include "proto/sip/sdp.hpp"
#include "proto/sip/uri.hpp"

namespace heptap {
namespace {

using hep::JsonText;

// A name of RFC 1035 is shorter: what stands there instead is not written once for each medium.
constexpr std::size_t max_address_bytes = 255;

struct Party {
  std::string_view display_name;
  std::string_view user;
  std::string_view host;
  std::string_view tag;
};

/// A message of which nothing is odd that is told.
struct PlainMessage {
  CseqView cseq;
  Party from;
  Party to;
  std::optional<SdpView> sdp;
};

bool is_odd(const SipView& sip) noexcept {
  constexpr SipFlag odd[] = {SipFlag::head_incomplete,         SipFlag::content_length_invalid,
                             SipFlag::content_length_mismatch, SipFlag::trailing_bytes,
                             SipFlag::headers_overflow,        SipFlag::bad_line,
                             SipFlag::version_unknown,         SipFlag::status_out_of_range};
  for (const SipFlag flag : odd) {
    if (sip.has(flag)) return true;
  }
  for (const HeaderId id : {HeaderId::call_id, HeaderId::cseq, HeaderId::from, HeaderId::to}) {
    if (sip.first(id).empty() || sip.repeats(id)) return true;
  }
  return false;
}

/// gives     nothing for other schemes, and for escapes, which libosip2 undoes
std::optional<Party> read_party(std::string_view value) noexcept {
  const auto address = parse_name_addr(value);
  if (!address) return {};
  const auto uri = parse_uri(address->uri);
  if (!uri || uri->user.find('%') != std::string_view::npos) return {};
  using sip_chars::equal_ignoring_case;
  if (!equal_ignoring_case(uri->scheme, "sip") && !equal_ignoring_case(uri->scheme, "sips")) {
    return {};
  }
  return Party{address->display_name, uri->user, uri->host, address->tag()};
}

/// gives     false when it has a session description that is odd
bool read_sdp(const SipView& sip, std::optional<SdpView>& out) noexcept {
  const std::string_view text = find_sdp(sip);
  if (text.empty()) return true;
  out.emplace();
  return text.starts_with("v=") && parse_sdp(text, *out) == Errc::none && !out->overflow() &&
         !out->has_bad_line();
}

bool read_plain(const SipView& sip, PlainMessage& out) noexcept {
  if (is_odd(sip)) return false;
  const auto cseq = parse_cseq(sip.first(HeaderId::cseq));
  const auto from = read_party(sip.first(HeaderId::from));
  const auto to = read_party(sip.first(HeaderId::to));
  if (!cseq || !from || !to || !read_sdp(sip, out.sdp)) return false;
  out.cseq = *cseq;
  out.from = *from;
  out.to = *to;
  return true;
}

void put(JsonText& json, std::string_view key, std::string_view text) noexcept {
  if (!text.empty()) json.utf8(key, text);
}

void put_start(JsonText& json, std::string_view method, int status, std::string_view reason) {
  json.truth("valid", true);
  if (status == 0) return put(json, "method", method);
  json.number("status", status);
  put(json, "reason", reason);
}

void put_party(JsonText& json, std::string_view key, const Party& party) {
  json.begin_object(key);
  put(json, "display_name", party.display_name);
  put(json, "user", party.user);
  put(json, "host", party.host);
  put(json, "tag", party.tag);
  json.end_object();
}

void put_media(JsonText& json, const OsipMediaView& media) {
  json.begin_object();
  put(json, "type", media.type);
  if (media.address.size() <= max_address_bytes) put(json, "address", media.address);
  put(json, "port", media.port);
  put(json, "proto", media.proto);
  json.end_object();
}

void put_plain(JsonText& json, const SipView& sip, const PlainMessage& message) {
  put_start(json, sip.method(), sip.status_code(), sip.reason());
  put(json, "call_id", sip.call_id());
  put(json, "cseq", std::to_string(message.cseq.number).append(" ").append(message.cseq.method));
  put_party(json, "from", message.from);
  put_party(json, "to", message.to);
  if (!message.sdp) return;
  json.begin_array("media");
  for (const SdpMediaView& media : message.sdp->media()) {
    const std::string port = std::to_string(media.port);
    put_media(json, {.type = media.type,
                     .port = port,
                     .proto = media.proto,
                     .address = message.sdp->address(media).text});
  }
  json.end_array();
}

Party party_of(const OsipAddressView& address) noexcept {
  return {address.display_name, address.uri.user, address.uri.host, address.tag};
}

void put_by_libosip2(JsonText& json, const SipView& index) {
  OsipMessage sip;
  if (sip.parse(index) != Errc::none) return json.truth("valid", false);
  put_start(json, sip.method(), index.is_request() ? 0 : sip.status_code(), sip.reason());
  std::string call_id{sip.call_id_number()};
  if (!sip.call_id_host().empty()) call_id.append("@").append(sip.call_id_host());
  put(json, "call_id", call_id);
  put(json, "cseq", std::string{sip.cseq_number()}.append(" ").append(sip.cseq_method()));
  put_party(json, "from", party_of(sip.from()));
  put_party(json, "to", party_of(sip.to()));
  if (!sip.has_sdp()) return;
  json.begin_array("media");
  for (std::size_t i = 0; i < sip.media_count(); ++i) put_media(json, sip.media(i));
  json.end_array();
}

}  // namespace

void append_sip(JsonText& json, Bytes payload) {
  SipView sip;
  PlainMessage message;
  json.begin_object("sip");
  if (parse_sip(payload, sip) != Errc::none) {
    json.truth("valid", false);
  } else if (read_plain(sip, message)) {
    put_plain(json, sip, message);
  } else {
    put_by_libosip2(json, sip);
  }
  json.end_object();
}

}  // namespace heptap
