#pragma once

#include <string_view>

#include "proto/result.hpp"

namespace heptap {

/// The value of Content-Type, or of one Accept item.
struct MediaTypeView {
  std::string_view type;     ///< "application"
  std::string_view subtype;  ///< "sdp"
  std::string_view params;   ///< see find_param()

  /// Ignoring case, as RFC 2045 section 5.1 says.
  [[nodiscard]] bool is(std::string_view type_wanted,
                        std::string_view subtype_wanted) const noexcept;
  /// The delimiter between the parts of a multipart body; empty when there is none.
  [[nodiscard]] std::string_view boundary() const noexcept;
};

/// errors    malformed: not type/subtype
/// source    RFC 3261 section 20.15, RFC 2046 section 5.1.1 (boundary)
[[nodiscard]] Result<MediaTypeView> parse_media_type(std::string_view value) noexcept;

}  // namespace heptap
