// Session descriptions, line by line: what Wireshark shows is nearer to the text than SdpView is.
#include <array>
#include <charconv>

#include "agent/plan/field_groups.hpp"
#include "agent/plan/rtp_format_names.hpp"
#include "agent/plan/sip_headers.hpp"
#include "proto/sip/sdp.hpp"
#include "proto/sip/sdp_fields.hpp"

namespace heptap::plan_fields {
namespace {

using Type = ValueType;
using sdp_fields::take_until;
using sdp_fields::take_word;
using sip_chars::is_lws;
using sip_chars::trim;
using sip_chars::trim_right;

enum class Scope : std::uint8_t { any, session, media };

struct Line {
  std::string_view value;
  std::string_view media_proto;  // of the m= above
};

// Each line of this type, without "x=".
void for_each_line(const SipView& sip, char type, Scope scope, const auto& take) noexcept {
  std::string_view rest = sip_chars::trim_left(find_sdp(sip));
  bool is_in_media = false;
  Line line;
  while (!rest.empty()) {
    const std::string_view text = trim_right(take_until(rest, '\n'));
    if (text.size() < 2 || text[1] != '=') continue;
    line.value = text.substr(2);
    if (text[0] == 'm') {
      is_in_media = true;
      std::string_view words = line.value;
      for (int i = 0; i < 3; ++i) line.media_proto = take_word(words);
    }
    const bool is_in_scope = scope == Scope::any || is_in_media == (scope == Scope::media);
    if (text[0] == type && is_in_scope) take(line);
  }
}

// What of a line is a value.
using ReadLine = void (*)(const Line& line, FieldValues& out) noexcept;

void whole(const Line& line, FieldValues& out) noexcept { out.add_text(line.value); }

std::string_view word_of(std::string_view text, unsigned number) noexcept {
  std::string_view word;
  for (unsigned i = 0; i <= number; ++i) word = take_word(text);
  return word;
}

void add_number(std::string_view text, FieldValues& out) noexcept {
  std::uint32_t number = 0;
  if (sdp_fields::read_number(text, number)) out.add_number(number);
}

template <unsigned number>
void word(const Line& line, FieldValues& out) noexcept {
  out.add_if(word_of(line.value, number));
}

// The part between slashes of a word: 192.0.2.1/127/3, 49170/2.
template <unsigned number, unsigned part>
void word_part(const Line& line, FieldValues& out) noexcept {
  std::string_view rest = word_of(line.value, number);
  std::string_view text;
  for (unsigned i = 0; i <= part; ++i) text = take_until(rest, '/');
  out.add_if(text);
}

void media_port(const Line& line, FieldValues& out) noexcept {
  const std::string_view word = word_of(line.value, 1);
  add_number(word.substr(0, word.find('/')), out);
}

// name:value
void before_colon(const Line& line, FieldValues& out) noexcept {
  if (line.value.find(':') != std::string_view::npos) {
    out.add_text(line.value.substr(0, line.value.find(':')));
  }
}

void behind_colon(const Line& line, FieldValues& out) noexcept {
  std::string_view value = line.value;
  take_until(value, ':');
  out.add_if(trim(value));
}

// Of the attributes that have fields of their own, there is no other value.
void attribute_value(const Line& line, FieldValues& out) noexcept {
  const std::string_view name = line.value.substr(0, line.value.find(':'));
  for (const std::string_view own : {"rtpmap", "fmtp", "crypto", "candidate"}) {
    if (name == own) return;
  }
  behind_colon(line, out);
}

// gives     the value of an attribute of this name; empty: it is another one
std::string_view value_of(const Line& line, std::string_view name) noexcept {
  std::string_view value = line.value;
  return take_until(value, ':') == name ? value : std::string_view{};
}

// a=rtpmap:96 opus/48000/2; without a clock it is none.
template <unsigned part>
void rtpmap(const Line& line, FieldValues& out) noexcept {
  std::string_view rest = value_of(line, "rtpmap");
  take_word(rest);
  if (rest.find('/') == std::string_view::npos) return;
  std::string_view text;
  for (unsigned i = 0; i <= part; ++i) text = take_until(rest, '/');
  out.add_if(trim(text));
}

// a=fmtp:18 annexb=no;x=y
void fmtp_params(const Line& line, FieldValues& out) noexcept {
  std::string_view rest = value_of(line, "fmtp");
  take_word(rest);
  while (!rest.empty()) out.add_if(trim(take_until(rest, ';')));
}

template <unsigned number>
void crypto_word(const Line& line, FieldValues& out) noexcept {
  out.add_if(word_of(value_of(line, "crypto"), number));
}

void crypto_tag(const Line& line, FieldValues& out) noexcept {
  add_number(word_of(value_of(line, "crypto"), 0), out);
}

template <unsigned number>
void candidate_word(const Line& line, FieldValues& out) noexcept {
  out.add_if(word_of(value_of(line, "candidate"), number));
}

template <char type, ReadLine read, Scope scope = Scope::any>
void of_each(const PlanSubject& message, std::string_view /*header*/, FieldValues& out) noexcept {
  for_each_line(*message.sip, type, scope, [&](const Line& line) { read(line, out); });
}

void sdp_text(const PlanSubject& message, std::string_view /*header*/, FieldValues& out) noexcept {
  out.add_if(find_sdp(*message.sip));
}

// Formats of RTP by the name that Wireshark has for their payload type, others as they are; and the
// number of each that an rtpmap or fmtp is about.
void media_formats(const PlanSubject& message, std::string_view /*header*/,
                   FieldValues& out) noexcept {
  for_each_line(*message.sip, 'm', Scope::any, [&](const Line& line) {
    const bool is_rtp = line.media_proto.find("RTP/") != std::string_view::npos;
    std::string_view rest = line.value;
    for (int i = 0; i < 3; ++i) take_word(rest);
    while (!rest.empty()) {
      const std::string_view format = take_word(rest);
      out.add_if(is_rtp ? rtp_format_name(format) : format);
    }
  });
  for_each_line(*message.sip, 'a', Scope::media, [&](const Line& line) {
    out.add_if(word_of(value_of(line, "rtpmap"), 0));
    out.add_if(word_of(value_of(line, "fmtp"), 0));
  });
}

constexpr auto session = Scope::session;
constexpr auto media = Scope::media;

// clang-format off
constexpr std::array table{
    Field{"sdp", Type::protocol, any_sip, sdp_text, "a session description, in a multipart body, too"},
    Field{"sdp.version", Type::text, any_sip, of_each<'v', whole>, "v="},
    Field{"sdp.owner", Type::text, any_sip, of_each<'o', whole>, "o="},
    Field{"sdp.owner.username", Type::text, any_sip, of_each<'o', word<0>>, "user in o="},
    Field{"sdp.owner.sessionid", Type::text, any_sip, of_each<'o', word<1>>, "session in o="},
    Field{"sdp.owner.version", Type::text, any_sip, of_each<'o', word<2>>, "version in o="},
    Field{"sdp.owner.network_type", Type::text, any_sip, of_each<'o', word<3>>, "IN"},
    Field{"sdp.owner.address_type", Type::text, any_sip, of_each<'o', word<4>>, "IP4 or IP6"},
    Field{"sdp.owner.address", Type::text, any_sip, of_each<'o', word<5>>, "address in o="},
    Field{"sdp.session_name", Type::text, any_sip, of_each<'s', whole>, "s="},
    Field{"sdp.session_info", Type::text, any_sip, of_each<'i', whole, session>, "i= of the session"},
    Field{"sdp.media_title", Type::text, any_sip, of_each<'i', whole, media>, "i= of media"},
    Field{"sdp.uri", Type::text, any_sip, of_each<'u', whole>, "u="},
    Field{"sdp.email", Type::text, any_sip, of_each<'e', whole>, "e="},
    Field{"sdp.phone", Type::text, any_sip, of_each<'p', whole>, "p="},
    Field{"sdp.connection_info", Type::text, any_sip, of_each<'c', whole>, "c=, of the session and of media"},
    Field{"sdp.connection_info.network_type", Type::text, any_sip, of_each<'c', word<0>>, "IN"},
    Field{"sdp.connection_info.address_type", Type::text, any_sip, of_each<'c', word<1>>, "IP4 or IP6"},
    Field{"sdp.connection_info.address", Type::text, any_sip, of_each<'c', word_part<2, 0>>, "address, as text"},
    Field{"sdp.connection_info.ttl", Type::text, any_sip, of_each<'c', word_part<2, 1>>, "TTL of multicast"},
    Field{"sdp.bandwidth", Type::text, any_sip, of_each<'b', whole>, "b="},
    Field{"sdp.bandwidth.modifier", Type::text, any_sip, of_each<'b', before_colon>, "AS, TIAS, RR, …"},
    Field{"sdp.bandwidth.value", Type::text, any_sip, of_each<'b', behind_colon>, "its value, as text"},
    Field{"sdp.time", Type::text, any_sip, of_each<'t', whole>, "t="},
    Field{"sdp.time.start", Type::text, any_sip, of_each<'t', word<0>>, "first time in t="},
    Field{"sdp.time.stop", Type::text, any_sip, of_each<'t', word<1>>, "second time in t="},
    Field{"sdp.repeat_time", Type::text, any_sip, of_each<'r', whole>, "r="},
    Field{"sdp.timezone", Type::text, any_sip, of_each<'z', whole>, "z="},
    Field{"sdp.encryption_key", Type::text, any_sip, of_each<'k', whole>, "k="},
    Field{"sdp.session_attr", Type::text, any_sip, of_each<'a', whole, session>, "a= of the session"},
    Field{"sdp.session_attr.field", Type::text, any_sip, of_each<'a', before_colon, session>, "its name, if it has a value"},
    Field{"sdp.session_attr.value", Type::text, any_sip, of_each<'a', behind_colon, session>, "its value"},
    Field{"sdp.media", Type::text, any_sip, of_each<'m', whole>, "m="},
    Field{"sdp.media.media", Type::text, any_sip, of_each<'m', word<0>>, "audio, video, image, …"},
    Field{"sdp.media.port", Type::number, any_sip, of_each<'m', media_port>, "port", 65'535},
    Field{"sdp.media.port_string", Type::text, any_sip, of_each<'m', word_part<1, 0>>, "port, as text"},
    Field{"sdp.media.portcount", Type::text, any_sip, of_each<'m', word_part<1, 1>>, "number of ports"},
    Field{"sdp.media.proto", Type::text, any_sip, of_each<'m', word<2>>, "RTP/AVP, UDP/TLS/RTP/SAVPF, udptl, …"},
    Field{"sdp.media.format", Type::text, any_sip, media_formats, "\"ITU-T G.711 PCMA\" and the like; the number of each that a=rtpmap or a=fmtp is about"},
    Field{"sdp.media_attr", Type::text, any_sip, of_each<'a', whole, media>, "a= of media"},
    Field{"sdp.media_attribute.field", Type::text, any_sip, of_each<'a', before_colon, media>, "its name, if it has a value"},
    Field{"sdp.media_attribute.value", Type::text, any_sip, of_each<'a', attribute_value, media>, "its value, but of a=rtpmap, a=fmtp, a=crypto and a=candidate"},
    Field{"sdp.mime.type", Type::text, any_sip, of_each<'a', rtpmap<0>, media>, "codec in a=rtpmap"},
    Field{"sdp.sample_rate", Type::text, any_sip, of_each<'a', rtpmap<1>, media>, "clock in a=rtpmap, as text"},
    Field{"sdp.fmtp.parameter", Type::text, any_sip, of_each<'a', fmtp_params, media>, "each parameter in a=fmtp"},
    Field{"sdp.crypto.tag", Type::number, any_sip, of_each<'a', crypto_tag, media>, "tag in a=crypto"},
    Field{"sdp.crypto.crypto_suite", Type::text, any_sip, of_each<'a', crypto_word<1>, media>, "suite in a=crypto"},
    Field{"sdp.ice_candidate.foundation", Type::text, any_sip, of_each<'a', candidate_word<0>, media>, "foundation in a=candidate"},
    Field{"sdp.ice_candidate.componentid", Type::text, any_sip, of_each<'a', candidate_word<1>, media>, "1 RTP, 2 RTCP"},
    Field{"sdp.ice_candidate.transport", Type::text, any_sip, of_each<'a', candidate_word<2>, media>, "UDP, TCP"},
    Field{"sdp.ice_candidate.priority", Type::text, any_sip, of_each<'a', candidate_word<3>, media>, "priority, as text"},
    Field{"sdp.ice_candidate.address", Type::text, any_sip, of_each<'a', candidate_word<4>, media>, "address, as text"},
    Field{"sdp.ice_candidate.port", Type::text, any_sip, of_each<'a', candidate_word<5>, media>, "port, as text"},
    Field{"sdp.ice_candidate.type", Type::text, any_sip, of_each<'a', candidate_word<7>, media>, "host, srflx, prflx, relay"},
};
// clang-format on

}  // namespace

std::span<const Field> sdp() noexcept { return table; }

}  // namespace heptap::plan_fields
