#include "agent/pipeline/classify.hpp"

#include <algorithm>

namespace heptap {
namespace {

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

// A binary protocol is one by its header, of which every field must fit what follows.

// The cookie is proof enough: Microsoft's relays do not fill the length up to whole words.
bool is_stun(Bytes in) noexcept {
  constexpr std::uint32_t magic_cookie = 0x2112a442;
  constexpr std::size_t transaction_id_bytes = 12;
  ByteReader r{in};
  const unsigned type = r.be16();
  const std::size_t length = r.be16();
  const std::uint32_t cookie = r.be32();
  r.skip(transaction_id_bytes);
  r.skip(length);
  return r.ok() && type < 0x4000 && cookie == magic_cookie;
}

bool is_dtls_version(unsigned version) noexcept {
  switch (version) {
    case 0xfeff:  // 1.0
    case 0xfefd:  // 1.2, and 1.3 until it is encrypted
    case 0xfefc:  // 1.3
    case 0x0100:  // OpenSSL's before there was a standard
      return true;
    default: return false;
  }
}

bool is_dtls(Bytes in) noexcept {
  constexpr std::size_t epoch_and_sequence_bytes = 8;
  ByteReader r{in};
  const unsigned type = r.u8();
  const unsigned version = r.be16();
  r.skip(epoch_and_sequence_bytes);
  r.skip(r.be16());
  return r.ok() && type >= 20 && type <= 63 && is_dtls_version(version);
}

// The record may go on in the next segment, so its length only has to be possible.
bool is_tls(Bytes in) noexcept {
  constexpr unsigned max_record_bytes = (1U << 14U) + 2048;
  ByteReader r{in};
  const unsigned type = r.u8();
  const unsigned version = r.be16();
  const unsigned length = r.be16();
  return r.ok() && type >= 0x14 && type <= 0x17 && version >= 0x0300 && version <= 0x0304 &&
         length > 0 && length <= max_record_bytes;
}

bool is_hep(std::string_view text) noexcept { return text.starts_with("HEP3"); }

bool is_keep_alive(std::string_view text) noexcept {
  constexpr std::string_view counterpath = "jaK";
  if (text.starts_with(counterpath)) text.remove_prefix(counterpath.size());
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c == '\0' || c == '\r' || c == '\n'; });
}

// "HTTP/1.1", and nothing behind it.
bool is_http_version(std::string_view text) noexcept {
  return text.size() == 8 && text.starts_with("HTTP/") && is_digit(text[5]) && text[6] == '.' &&
         is_digit(text[7]);
}

bool is_http_status_line(std::string_view text) noexcept {
  return text.size() > 9 && is_http_version(text.substr(0, 8)) && text[8] == ' ' &&
         is_digit(text[9]);
}

// The version at the end of the line tells it from SIP and RTSP, so the line must be there whole.
bool is_http_request_line(std::string_view text) noexcept {
  constexpr std::size_t longest_method = 20;
  const std::string_view front = text.substr(0, longest_method + 1);
  const auto* const after_method = std::find_if_not(
      front.begin(), front.end(), [](char c) { return (c >= 'A' && c <= 'Z') || c == '-'; });
  const auto method_size = static_cast<std::size_t>(after_method - front.begin());
  if (method_size == 0 || method_size == front.size()) return false;
  if (*after_method != ' ') return false;
  std::string_view line = text.substr(0, text.find('\n'));
  if (line.size() == text.size()) return false;
  if (line.ends_with('\r')) line.remove_suffix(1);
  const std::size_t space = line.rfind(' ');
  return space > method_size && is_http_version(line.substr(space + 1));
}

bool is_http(std::string_view text) noexcept {
  return is_http_status_line(text) || is_http_request_line(text);
}

bool is_json(std::string_view text) noexcept {
  // An object with a name or none, a list of texts, objects or lists. A list of numbers would let
  // "[2026-11-21 08:00] started" through.
  std::string_view second;
  if (text.starts_with('{')) second = "\"}";
  if (text.starts_with('[')) second = "\"{[]";
  if (second.empty()) return false;
  const std::size_t next = text.find_first_not_of(" \t\r\n", 1);
  if (next == std::string_view::npos || second.find(text[next]) == std::string_view::npos) {
    return false;
  }
  // Noise that gets here has a control character in its next bytes, or is very short.
  constexpr std::size_t looked_at_bytes = 64;
  const std::string_view head = text.substr(0, looked_at_bytes);
  return std::none_of(head.begin(), head.end(), [](char c) {
    const auto byte = static_cast<std::uint8_t>(c);
    return (byte < 0x20 && c != '\t' && c != '\r' && c != '\n') || byte == 0x7f;
  });
}

// By the two highest bits of the first byte. 2: the version of RTP and RTCP.
Content content_of_media(Bytes payload, MediaHeaders& headers) noexcept {
  if (const auto rtp = parse_likely_rtp(payload)) {
    headers.rtp = *rtp;
    return Content::rtp;
  }
  if (!looks_like_rtcp(payload)) return Content::other;
  const auto rtcp = count_rtcp(payload);
  if (!rtcp) return Content::srtcp;
  headers.rtcp = *rtcp;
  return Content::rtcp;
}

// 0: types of STUN, 0 to 3, and of DTLS, 20 to 63; line ends.
Content content_of_low(Bytes payload) noexcept {
  if (is_stun(payload)) return Content::stun;
  if (is_dtls(payload)) return Content::dtls;
  return is_keep_alive(as_text(payload)) ? Content::keep_alive : Content::other;
}

// 1: letters and brackets.
Content content_of_text(std::string_view text) noexcept {
  if (is_hep(text)) return Content::hep;
  if (is_http(text)) return Content::http;
  if (is_json(text)) return Content::json;
  return is_keep_alive(text) ? Content::keep_alive : Content::other;
}

}  // namespace

std::string_view to_string(Content content) noexcept {
  switch (content) {
    case Content::sip: return "sip";
    case Content::rtcp: return "rtcp";
    case Content::srtcp: return "srtcp";
    case Content::rtp: return "rtp";
    case Content::stun: return "stun";
    case Content::dtls: return "dtls";
    case Content::tls: return "tls";
    case Content::hep: return "hep";
    case Content::keep_alive: return "keep_alive";
    case Content::http: return "http";
    case Content::json: return "json";
    case Content::no_payload: return "no_payload";
    case Content::stream: return "stream";
    case Content::other: return "other";
    case Content::count_: break;
  }
  return "?";
}

Content content_of_datagram(Bytes payload, Errc sip, MediaHeaders& headers) noexcept {
  if (sip != Errc::malformed) return Content::sip;
  if (payload.empty()) return Content::keep_alive;
  switch (payload.front() >> 6U) {
    case 2: return content_of_media(payload, headers);
    case 0: return content_of_low(payload);
    case 1: return content_of_text(as_text(payload));
    default: return Content::other;
  }
}

Content content_of_stream(Bytes start) noexcept {
  if (start.empty()) return Content::no_payload;
  if (is_tls(start)) return Content::tls;
  if (start.front() < 0x20) {
    return is_keep_alive(as_text(start)) ? Content::keep_alive : Content::other;
  }
  return content_of_text(as_text(start));
}

}  // namespace heptap
