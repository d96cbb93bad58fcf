#include "proto/sip/sdp.hpp"

#include "proto/sip/chars.hpp"
#include "proto/sip/line_scanner.hpp"
#include "proto/sip/multipart.hpp"
#include "proto/sip/sdp_fields.hpp"

namespace heptap {

using namespace sdp_fields;
using namespace sip_chars;

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

Errc parse_sdp(std::string_view text, SdpView& out) noexcept { return SdpScanner(out).run(text); }

std::string_view find_sdp(const SipView& message) noexcept {
  return find_body(message, "application", "sdp");
}

}  // namespace heptap
