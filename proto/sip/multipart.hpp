#pragma once

#include <string_view>

#include "proto/sip/message.hpp"

namespace heptap {

/// One part of a multipart body.
struct BodyPartView {
  std::string_view content_type;  ///< the header's value; empty when there is none
  std::string_view content;
};

/// Takes the next part off a multipart body. What stands before the first delimiter is skipped; a
/// last part without closing delimiter ends with the body.
/// rest      what is left of the body; shortened
/// gives     false at the end
/// source    RFC 2046 section 5.1.1
[[nodiscard]] bool next_body_part(std::string_view& rest, std::string_view boundary,
                                  BodyPartView& out) noexcept;

/// The body, or the first part of a multipart body (nested at most three deep), that has this
/// Content-Type; empty when there is none. A body without Content-Type is none, with one exception:
/// one that begins with "v=" is application/sdp.
[[nodiscard]] std::string_view find_body(const SipView& message, std::string_view type,
                                         std::string_view subtype) noexcept;

}  // namespace heptap
