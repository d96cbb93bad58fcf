#include "proto/sip/mask_body.hpp"

#include <algorithm>
#include <cstddef>

#include "proto/sip/chars.hpp"
#include "proto/sip/mask_digits.hpp"
#include "proto/sip/mask_headers.hpp"
#include "proto/sip/mask_sdp.hpp"
#include "proto/sip/media_type.hpp"
#include "proto/sip/multipart.hpp"
#include "proto/sip/sdp_fields.hpp"

namespace heptap {

using namespace sip_chars;

namespace {

constexpr int max_depth = 3;  // as find_body()

class BodyMasker {
 public:
  explicit BodyMasker(MaskPen& pen) noexcept : pen_(pen), masks_(pen.masks()) {}

  void content(std::string_view text, const MediaTypeView& type, int depth) noexcept {
    if (text.empty()) return;
    if (type.is("application", "sdp")) return mask_sdp(text, pen_);
    const bool is_multipart = equal_ignoring_case(type.type, "multipart") && depth < max_depth;
    if (is_multipart && parts(text, type.boundary(), depth)) return;
    if (masks_.bodies) return pen_.hide_content(text);
    other(text, type);
  }

 private:
  /// gives     false when the boundary is nowhere
  bool parts(std::string_view text, std::string_view boundary, int depth) noexcept {
    const char* end_of_last = nullptr;
    std::string_view rest = text;
    for (BodyPartView part; next_body_part(rest, boundary, part);) {
      const Result<MediaTypeView> type = parse_media_type(part.content_type);
      content(part.content, type ? *type : MediaTypeView{}, depth + 1);
      end_of_last = part.content.data() + part.content.size();
    }
    if (end_of_last == nullptr) return false;
    if (masks_.bodies) around(text, static_cast<std::size_t>(end_of_last - text.data()));
    return true;
  }

  /// What stands before the first delimiter and after the last.
  void around(std::string_view text, std::size_t end_of_last) noexcept {
    const bool begins = text.starts_with("--");
    pen_.hide_content(text.substr(0, begins ? 0 : std::min(text.find("\n--") + 1, text.size())));
    const std::size_t delimiter = text.find("--", end_of_last);
    if (delimiter == std::string_view::npos) return;
    const std::size_t line = text.find('\n', delimiter);
    if (line != std::string_view::npos) pen_.hide_content(text.substr(line + 1));
  }

  void other(std::string_view text, const MediaTypeView& type) noexcept {
    const bool is_message = equal_ignoring_case(type.type, "message") ||
                            looks_like_sip(as_bytes(text));  // behind one without Content-Length
    if (is_message) mask_header_lines(text, pen_);
    if (masks_.digits) mask_dtmf(text, type, pen_);
    if (masks_.keys) keys(text);
    if (pen_.hides_users()) display_attributes(text);
  }

  void keys(std::string_view text) noexcept {
    while (!text.empty()) mask_sdp_keys(trim_right(sdp_fields::take_until(text, '\n')), pen_);
  }

  /// <identity display="Alice">, RFC 4235 section 4.1.6.1
  void display_attributes(std::string_view text) noexcept {
    while (!text.empty()) pen_.hide_user(next_attribute(text, "display"));
  }

  MaskPen& pen_;
  const SipMasks& masks_;
};

MediaTypeView type_of_body(const SipView& sip) noexcept {
  if (!sip.contains(HeaderId::content_type) && sip.body().starts_with("v=")) {
    return {"application", "sdp", {}};
  }
  const Result<MediaTypeView> written = parse_media_type(sip.first(HeaderId::content_type));
  return written ? *written : MediaTypeView{};
}

bool is_encoded(const SipView& sip) noexcept {
  const std::string_view encoding = sip.first(HeaderId::content_encoding);
  return !encoding.empty() && !equal_ignoring_case(encoding, "identity");
}

}  // namespace

void mask_body(const SipView& sip, MaskPen& pen) noexcept {
  // What follows may be another message, or anything: whoever gets it throws it away (RFC 3261 section
  // 18.3), and nothing says what of it is a secret.
  pen.hide_content(sip.trailing());
  if (sip.body().empty()) return;
  if (is_encoded(sip)) {
    const SipMasks& masks = pen.masks();
    if (pen.hides_users() || masks.keys || masks.bodies || masks.digits)
      pen.hide_content(sip.body());
    return;
  }
  BodyMasker(pen).content(sip.body(), type_of_body(sip), 0);
}

}  // namespace heptap
