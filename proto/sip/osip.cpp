// The only file that knows libosip2. What the library does badly it is kept from:
//  - it appends to its lists in quadratic time: their lengths are bounded before it sees them;
//  - it ends the text at a zero byte and a line at a bare CR: a head that holds one is refused;
//  - it leaks when a part of a multipart body names its type twice: it gets a message with a
//    multipart body, or a type that is none, without the body; parts come from our own reader;
//  - it reads beyond the end of SDP whose last line is an m= line without formats: there is more
//    than one zero byte at that end;
//  - it prints to stdout: it gets a trace function that drops everything.
#include "proto/sip/osip.hpp"

#include <osipparser2/osip_message.h>
#include <osipparser2/osip_parser.h>
#include <osipparser2/osip_port.h>
#include <osipparser2/sdp_message.h>

#include <algorithm>
#include <cstdarg>

#include "proto/sip/chars.hpp"
#include "proto/sip/media_type.hpp"
#include "proto/sip/multipart.hpp"
#include "proto/sip/params.hpp"
#include "proto/sip/sdp.hpp"

namespace heptap {

using namespace sip_chars;

namespace {

constexpr std::size_t max_sdp_lines = 2048;
constexpr std::size_t max_sdp_line_bytes = 2048;
constexpr std::size_t sdp_padding_bytes = 16;

/// libosip2 prints its complaints to stdout unless told where else.
void drop_trace(const char*, int, osip_trace_level_t, const char*, va_list) noexcept {}

void init_once() noexcept {
  static const int done = [] {
    osip_trace_initialize_func(TRACE_LEVEL0, drop_trace);
    return parser_init();
  }();
  static_cast<void>(done);
}

std::string_view text_of(const char* s) noexcept {
  return s == nullptr ? std::string_view{} : std::string_view(s);
}

template <class T>
const T* element(const osip_list_t& list, std::size_t index) noexcept {
  return static_cast<const T*>(osip_list_get(&list, static_cast<int>(index)));
}

std::size_t size_of(const osip_list_t& list) noexcept {
  return static_cast<std::size_t>(std::max(0, osip_list_size(&list)));
}

std::string_view param_of(const osip_list_t& params, std::string_view name) noexcept {
  for (std::size_t i = 0; i < size_of(params); ++i) {
    const auto* const param = element<osip_generic_param_t>(params, i);
    if (equal_ignoring_case(text_of(param->gname), name)) return text_of(param->gvalue);
  }
  return {};
}

OsipUriView uri_of(const osip_uri_t* uri) noexcept {
  if (uri == nullptr) return {};
  return {text_of(uri->scheme), text_of(uri->username), text_of(uri->host), text_of(uri->port)};
}

OsipAddressView address_of(const osip_from_t* address) noexcept {
  if (address == nullptr) return {};
  return {unquote(text_of(address->displayname)), uri_of(address->url),
          param_of(address->gen_params, "tag")};
}

/// Elements of libosip2's lists are divided by one of these.
bool has_too_many_separators(std::string_view head) noexcept {
  const auto count = std::count_if(head.begin(), head.end(), [](char c) {
    return c == ';' || c == ',' || c == '&' || c == '?' || c == '\n' || c == '\r';
  });
  return static_cast<std::size_t>(count) > OsipMessage::max_separators;
}

/// libosip2 ends the text at a zero byte and a line at a CR without LF: it would see other header
/// fields than those that were checked.
bool is_read_differently(std::string_view head) noexcept {
  for (std::size_t i = 0; i < head.size(); ++i) {
    const bool bare_cr = head[i] == '\r' && (i + 1 == head.size() || head[i + 1] != '\n');
    if (bare_cr || head[i] == '\0') return true;
  }
  return false;
}

bool is_too_large_sdp(std::string_view sdp) noexcept {
  std::size_t lines = 0;
  while (!sdp.empty()) {
    const std::size_t end = std::min(sdp.find_first_of("\r\n"), sdp.size() - 1);
    if (end > max_sdp_line_bytes || ++lines > max_sdp_lines) return true;
    sdp.remove_prefix(end + 1);
  }
  return false;
}

/// Start line and header fields without Content-Length: libosip2 takes it for a message without
/// body.
std::string head_without_length(const SipView& message) {
  std::string out(message.start_line());
  out += "\r\n";
  for (const SipHeader header : message.headers()) {
    if (header.id == HeaderId::content_length) continue;
    out.append(header.name).append(": ").append(header.value).append("\r\n");
  }
  return out += "\r\n";
}

}  // namespace

void OsipMessage::Free::operator()(osip_message* message) const noexcept {
  osip_message_free(message);
}
void OsipMessage::Free::operator()(sdp_message* sdp) const noexcept { sdp_message_free(sdp); }

Errc OsipMessage::parse(const SipView& message) noexcept {
  init_once();
  message_.reset();
  sdp_.reset();
  multipart_.clear();
  boundary_.clear();
  const std::string_view text = message.text();
  if (text.size() > max_message_bytes || message.has(SipFlag::headers_overflow)) {
    return Errc::over_limit;
  }
  if (has_too_many_separators(message.head())) return Errc::over_limit;
  if (is_read_differently(message.head())) return Errc::malformed;
  const auto type = parse_media_type(message.first(HeaderId::content_type));
  const bool is_multipart = type.ok() && equal_ignoring_case(type->type, "multipart");
  const bool is_safe = !message.contains(HeaderId::content_type) || (type.ok() && !is_multipart);
  if (is_multipart) {
    multipart_ = message.body();
    boundary_ = type->boundary();
  }
  const std::string head = is_safe ? std::string{} : head_without_length(message);
  if (!accept(is_safe ? text : head)) return Errc::malformed;
  parse_sdp_text(find_sdp(message));
  return Errc::none;
}

bool OsipMessage::accept(std::string_view text) noexcept {
  osip_message_t* raw = nullptr;
  if (osip_message_init(&raw) != OSIP_SUCCESS) return false;
  message_.reset(raw);
  if (osip_message_parse(raw, text.data(), text.size()) == OSIP_SUCCESS) return true;
  message_.reset();
  return false;
}

void OsipMessage::parse_sdp_text(std::string_view text) noexcept {
  text = text.substr(0, text.find('\0'));
  if (!text.starts_with("v=") || is_too_large_sdp(text)) return;
  sdp_message_t* raw = nullptr;
  if (sdp_message_init(&raw) != OSIP_SUCCESS) return;
  sdp_.reset(raw);
  std::string padded(text);
  padded.append(sdp_padding_bytes, '\0');
  if (sdp_message_parse(raw, padded.c_str()) != OSIP_SUCCESS) sdp_.reset();
}

std::string_view OsipMessage::method() const noexcept {
  return message_ == nullptr ? std::string_view{} : text_of(message_->sip_method);
}

OsipUriView OsipMessage::request_uri() const noexcept {
  return message_ == nullptr ? OsipUriView{} : uri_of(message_->req_uri);
}

int OsipMessage::status_code() const noexcept {
  return message_ == nullptr ? 0 : message_->status_code;
}

std::string_view OsipMessage::reason() const noexcept {
  return message_ == nullptr ? std::string_view{} : text_of(message_->reason_phrase);
}

OsipAddressView OsipMessage::from() const noexcept {
  return message_ == nullptr ? OsipAddressView{} : address_of(message_->from);
}

OsipAddressView OsipMessage::to() const noexcept {
  return message_ == nullptr ? OsipAddressView{} : address_of(message_->to);
}

std::string_view OsipMessage::call_id_number() const noexcept {
  const bool found = message_ != nullptr && message_->call_id != nullptr;
  return found ? text_of(message_->call_id->number) : std::string_view{};
}

std::string_view OsipMessage::call_id_host() const noexcept {
  const bool found = message_ != nullptr && message_->call_id != nullptr;
  return found ? text_of(message_->call_id->host) : std::string_view{};
}

std::string_view OsipMessage::cseq_number() const noexcept {
  const bool found = message_ != nullptr && message_->cseq != nullptr;
  return found ? text_of(message_->cseq->number) : std::string_view{};
}

std::string_view OsipMessage::cseq_method() const noexcept {
  const bool found = message_ != nullptr && message_->cseq != nullptr;
  return found ? text_of(message_->cseq->method) : std::string_view{};
}

std::string_view OsipMessage::content_type() const noexcept {
  const bool found = message_ != nullptr && message_->content_type != nullptr;
  return found ? text_of(message_->content_type->type) : std::string_view{};
}

std::string_view OsipMessage::content_subtype() const noexcept {
  const bool found = message_ != nullptr && message_->content_type != nullptr;
  return found ? text_of(message_->content_type->subtype) : std::string_view{};
}

std::size_t OsipMessage::contact_count() const noexcept {
  return message_ == nullptr ? 0 : size_of(message_->contacts);
}

OsipAddressView OsipMessage::contact(std::size_t index) const noexcept {
  return index < contact_count() ? address_of(element<osip_contact_t>(message_->contacts, index))
                                 : OsipAddressView{};
}

std::size_t OsipMessage::via_count() const noexcept {
  return message_ == nullptr ? 0 : size_of(message_->vias);
}

OsipViaView OsipMessage::via(std::size_t index) const noexcept {
  if (index >= via_count()) return {};
  const auto* const via = element<osip_via_t>(message_->vias, index);
  return {text_of(via->protocol), text_of(via->host), text_of(via->port),
          param_of(via->via_params, "branch")};
}

std::size_t OsipMessage::body_count() const noexcept {
  if (boundary_.empty()) return message_ == nullptr ? 0 : size_of(message_->bodies);
  std::size_t count = 0;
  std::string_view rest = multipart_;
  for (BodyPartView part; next_body_part(rest, boundary_, part);) ++count;
  return count;
}

std::string_view OsipMessage::body(std::size_t index) const noexcept {
  if (index >= body_count()) return {};
  if (boundary_.empty()) {
    const auto* const body = element<osip_body_t>(message_->bodies, index);
    return {body->body, body->length};
  }
  std::string_view rest = multipart_;
  BodyPartView part;
  for (std::size_t i = 0; i <= index; ++i) {
    if (!next_body_part(rest, boundary_, part)) return {};
  }
  return part.content;
}

std::size_t OsipMessage::media_count() const noexcept {
  return sdp_ == nullptr ? 0 : size_of(sdp_->m_medias);
}

OsipMediaView OsipMessage::media(std::size_t index) const noexcept {
  if (index >= media_count()) return {};
  const auto* const media = element<sdp_media_t>(sdp_->m_medias, index);
  const auto* connection = element<sdp_connection_t>(media->c_connections, 0);
  if (connection == nullptr) connection = sdp_->c_connection;
  return {text_of(media->m_media), text_of(media->m_port), text_of(media->m_proto),
          connection == nullptr ? std::string_view{} : text_of(connection->c_addr)};
}

}  // namespace heptap
