#include "proto/sip/sdp.hpp"

#include <arpa/inet.h>

#include <charconv>
#include <system_error>

#include "proto/sip/chars.hpp"
#include "proto/sip/line_scanner.hpp"
#include "proto/sip/multipart.hpp"

namespace heptap {

using namespace sip_chars;

namespace {

constexpr auto npos = std::string_view::npos;

/// Takes what stands before the next blank, and the blanks around it.
std::string_view take_word(std::string_view& rest) noexcept {
  rest = trim_left(rest);
  // Words are short: a search that prepares itself takes longer than this one.
  std::size_t size = 0;
  while (size < rest.size() && !is_wsp(rest[size])) ++size;
  const std::string_view word = rest.substr(0, size);
  rest = trim_left(rest.substr(size));
  return word;
}

/// The part before `mark`; `rest` keeps what follows it.
std::string_view take_until(std::string_view& rest, char mark) noexcept {
  const std::size_t at = rest.find(mark);
  const std::string_view taken = rest.substr(0, at);
  rest = at == npos ? std::string_view{} : rest.substr(at + 1);
  return taken;
}

/// The whole word as a number that fits.
template <class Number>
bool read_number(std::string_view word, Number& out) noexcept {
  const char* const end = word.data() + word.size();
  const auto [stop, error] = std::from_chars(word.data(), end, out);
  return error == std::errc{} && stop == end;
}

/// `192.0.2.1`, which is what most addresses are.
bool read_ipv4(std::string_view text, std::array<std::uint8_t, 16>& octets) noexcept {
  const char* at = text.data();
  const char* const end = at + text.size();
  for (std::size_t i = 0; i < 4; ++i) {
    if (i != 0 && (at == end || *at++ != '.')) return false;
    const bool has_leading_zero = end - at > 1 && at[0] == '0' && is_digit(at[1]);
    const auto [stop, error] = std::from_chars(at, end, octets[i]);
    if (error != std::errc{} || has_leading_zero) return false;
    at = stop;
  }
  return at == end;
}

SdpAddressView make_address(std::string_view word) noexcept {
  SdpAddressView out;
  out.text = word.substr(0, word.find('/'));
  if (read_ipv4(out.text, out.octets)) {
    out.size = 4;
    return out;
  }
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (out.text.size() >= text.size()) return out;  // longer than any address: a name
  out.text.copy(text.data(), text.size() - 1);
  if (inet_pton(AF_INET6, text.data(), out.octets.data()) == 1) out.size = 16;
  return out;
}

/// `IN IP4 192.0.2.1/127`
bool read_connection(std::string_view value, SdpAddressView& out) noexcept {
  const std::string_view net_type = take_word(value);
  const std::string_view address_type = take_word(value);
  const SdpAddressView address = make_address(take_word(value));
  if (net_type.empty() || address_type.empty() || address.text.empty()) return false;
  out = address;
  return true;
}

/// `9999` or `9999 IN IP4 192.0.2.1`
bool read_rtcp(std::string_view value, SdpMediaView& media) noexcept {
  if (!read_number(take_word(value), media.rtcp_port)) return false;
  return value.empty() || read_connection(value, media.rtcp_address);
}

/// `96 opus/48000/2`
bool read_rtpmap(std::string_view value, SdpRtpMapView& out) noexcept {
  if (!read_number(take_word(value), out.payload_type) || out.payload_type > 127) return false;
  out.encoding = take_until(value, '/');
  const std::string_view clock = take_until(value, '/');
  out.channels = 1;
  if (!value.empty() && !read_number(take_word(value), out.channels)) return false;
  return !out.encoding.empty() && read_number(trim(clock), out.clock_hz);
}

/// `1 1 UDP 2130706431 192.0.2.1 8998 typ host`
bool read_candidate(std::string_view value, SdpCandidateView& out) noexcept {
  if (take_word(value).empty() || !read_number(take_word(value), out.component)) return false;
  out.transport = take_word(value);
  take_word(value);  // priority
  out.address = make_address(take_word(value));
  if (!read_number(take_word(value), out.port)) return false;
  const bool has_type = take_word(value) == "typ";
  out.type = take_word(value);
  return has_type && !out.type.empty() && !out.address.text.empty();
}

bool has_word(std::string_view text, std::string_view wanted) noexcept {
  while (!text.empty()) {
    if (take_word(text) == wanted) return true;
  }
  return false;
}

SdpDirection read_direction(std::string_view name) noexcept {
  if (name == "sendrecv") return SdpDirection::sendrecv;
  if (name == "sendonly") return SdpDirection::sendonly;
  if (name == "recvonly") return SdpDirection::recvonly;
  if (name == "inactive") return SdpDirection::inactive;
  return SdpDirection::unset;
}

}  // namespace

class SdpScanner {
 public:
  explicit SdpScanner(SdpView& out) noexcept : out_(out), scope_(&out.session_) {}

  Errc run(std::string_view text) noexcept {
    reset();
    if (text.size() > SdpView::max_bytes) return Errc::over_limit;
    while (!text.empty() && is_lws(text.front())) text.remove_prefix(1);
    if (text.size() < 2 || !is_alpha(text[0]) || text[1] != '=') return Errc::malformed;
    line_scan::LineScanner<VectorBlock> lines(text);
    std::size_t begin = 0;
    for (auto end = lines.next(); end != lines.none; end = lines.next()) {
      line(text.substr(begin, end - begin));
      begin = end + 1;
    }
    line(text.substr(begin));
    return Errc::none;
  }

 private:
  void reset() noexcept {
    out_.session_ = {};
    out_.media_count_ = 0;
    out_.rtpmap_count_ = 0;
    out_.candidate_count_ = 0;
    out_.bundle_count_ = 0;
    out_.overflow_ = false;
    out_.bad_line_ = false;
  }

  void line(std::string_view text) noexcept {
    text = trim_right(text);
    if (text.empty()) return;
    const bool has_form = text.size() >= 2 && text[1] == '=';
    if (!has_form || !read(text.front(), text.substr(2))) out_.bad_line_ = true;
  }

  bool read(char type, std::string_view value) noexcept {
    switch (type) {
      case 'c': return connection(value);
      case 'm': return media_line(value);
      case 'a': return scope_ == nullptr || attribute(value);
      default: return true;
    }
  }

  /// Several c= lines in one media are layers of a multicast session: the first counts.
  bool connection(std::string_view value) noexcept {
    if (scope_ == nullptr || !scope_->connection.text.empty()) return true;
    return read_connection(value, scope_->connection);
  }

  bool media_line(std::string_view value) noexcept {
    media_ = nullptr;
    scope_ = nullptr;
    if (out_.media_count_ == SdpView::max_media) {
      out_.overflow_ = true;
      return true;
    }
    SdpMediaView& media = out_.media_[out_.media_count_];
    media = {};
    media.type = take_word(value);
    std::string_view count = take_word(value);
    const std::string_view port = take_until(count, '/');
    media.proto = take_word(value);
    media.formats = value;
    if (media.proto.empty() || !read_number(port, media.port)) return false;
    if (!count.empty() && !read_number(count, media.port_count)) return false;
    payload_types(media);
    media.first_rtpmap = static_cast<std::uint16_t>(out_.rtpmap_count_);
    media.first_candidate = static_cast<std::uint16_t>(out_.candidate_count_);
    ++out_.media_count_;
    scope_ = media_ = &media;
    return true;
  }

  void payload_types(SdpMediaView& media) noexcept {
    for (std::string_view rest = media.formats; !rest.empty();) {
      std::uint8_t number = 0;
      if (!read_number(take_word(rest), number) || number > 127) continue;
      if (media.payload_type_count == SdpMediaView::max_payload_types) {
        out_.overflow_ = true;
        return;
      }
      media.payload_types[media.payload_type_count++] = number;
    }
  }

  bool attribute(std::string_view value) noexcept {
    const std::string_view name = take_until(value, ':');
    if (const SdpDirection d = read_direction(name); d != SdpDirection::unset) {
      scope_->direction = d;
      return true;
    }
    if (name == "ice-ufrag") scope_->ice_ufrag = trim(value);
    if (name == "ice-pwd") scope_->ice_pwd = trim(value);
    if (name == "crypto") crypto(value);
    if (name == "fingerprint") scope_->has_fingerprint = true;
    if (media_ != nullptr) return media_attribute(name, value);
    if (name == "group") group(value);
    return true;
  }

  void crypto(std::string_view value) noexcept {
    scope_->has_crypto = true;
    if (has_word(value, "UNENCRYPTED_SRTCP")) scope_->clear_srtcp = true;
  }

  void group(std::string_view value) noexcept {
    if (take_word(value) != "BUNDLE") return;
    if (out_.bundle_count_ == SdpView::max_bundles) {
      out_.overflow_ = true;
      return;
    }
    out_.bundles_[out_.bundle_count_++] = value;
  }

  bool media_attribute(std::string_view name, std::string_view value) noexcept {
    if (name == "rtpmap") return rtpmap(value);
    if (name == "candidate") return candidate(value);
    if (name == "rtcp") return read_rtcp(value, *media_);
    if (name == "ptime") return read_number(trim(value), media_->ptime_ms);
    if (name == "mid") media_->mid = trim(value);
    media_flag(name);
    return true;
  }

  void media_flag(std::string_view name) noexcept {
    if (name == "rtcp-mux") media_->rtcp_mux = true;
    if (name == "rtcp-mux-only") media_->rtcp_mux = media_->rtcp_mux_only = true;
    if (name == "rtcp-rsize") media_->rtcp_rsize = true;
    if (name == "bundle-only") media_->bundle_only = true;
  }

  bool rtpmap(std::string_view value) noexcept {
    SdpRtpMapView map;
    if (!read_rtpmap(value, map)) return false;
    if (out_.rtpmap_count_ == SdpView::max_rtpmaps) {
      out_.overflow_ = true;
      return true;
    }
    out_.rtpmaps_[out_.rtpmap_count_++] = map;
    ++media_->rtpmap_count;
    return true;
  }

  bool candidate(std::string_view value) noexcept {
    SdpCandidateView candidate;
    if (!read_candidate(value, candidate)) return false;
    if (out_.candidate_count_ == SdpView::max_candidates) {
      out_.overflow_ = true;
      return true;
    }
    out_.candidates_[out_.candidate_count_++] = candidate;
    ++media_->candidate_count;
    return true;
  }

  SdpView& out_;
  SdpScopeView* scope_;            ///< whose lines follow; null after an m= line that is not kept
  SdpMediaView* media_ = nullptr;  ///< the same on media level
};

std::uint16_t SdpView::rtcp_port(const SdpMediaView& media) noexcept {
  if (media.port == 0) return 0;
  if (media.rtcp_port != 0) return media.rtcp_port;
  return static_cast<std::uint16_t>(media.port + 1U);
}

SdpDirection SdpView::direction(const SdpMediaView& media) const noexcept {
  if (media.direction != SdpDirection::unset) return media.direction;
  if (session_.direction != SdpDirection::unset) return session_.direction;
  return SdpDirection::sendrecv;
}

std::size_t SdpView::bundle_tag(std::size_t media) const noexcept {
  const std::string_view mid = media_[media].mid;
  for (std::size_t i = 0; i < bundle_count_ && !mid.empty(); ++i) {
    if (!has_word(bundles_[i], mid)) continue;
    if (const std::size_t tagged = first_of_bundle(bundles_[i]); tagged != max_media) return tagged;
  }
  return media;
}

std::size_t SdpView::first_of_bundle(std::string_view mids) const noexcept {
  for (std::size_t words = 0; words < max_media && !mids.empty(); ++words) {
    const std::string_view mid = take_word(mids);
    for (std::size_t i = 0; i < media_count_; ++i) {
      if (media_[i].mid == mid && media_[i].port != 0) return i;
    }
  }
  return max_media;
}

bool is_srtp(const SdpMediaView& media) noexcept {
  constexpr std::string_view secure = "SAVP";
  for (std::size_t i = 0; i + secure.size() <= media.proto.size(); ++i) {
    if (equal_ignoring_case(media.proto.substr(i, secure.size()), secure)) return true;
  }
  return false;
}

bool is_srtcp(const SdpMediaView& media) noexcept { return is_srtp(media) && !media.clear_srtcp; }

Errc parse_sdp(std::string_view text, SdpView& out) noexcept { return SdpScanner(out).run(text); }

std::string_view find_sdp(const SipView& message) noexcept {
  return find_body(message, "application", "sdp");
}

}  // namespace heptap
