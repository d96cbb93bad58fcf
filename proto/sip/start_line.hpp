#pragma once

#include <cstddef>
#include <string_view>

#include "proto/result.hpp"

namespace heptap {

/// More letters are no method, however many follow.
inline constexpr std::size_t max_method_bytes = 64;

/// The pieces of a SIP start line, as written.
struct StartLineView {
  std::string_view line;         ///< without white space at its end
  std::string_view method;       ///< request only
  std::string_view request_uri;  ///< request only; may hold spaces
  std::string_view version;
  std::string_view reason;  ///< response only
  int status_code = -1;     ///< -1: a request; 0: a response whose code is not three digits
  bool version_is_2_0 = false;
};

/// line      without its LF; CR and white space at the end are allowed
/// errors    malformed: neither a SIP request line nor a SIP status line
/// leniency  RFC 4475: any run of white space between the pieces and at the end, any digits as
///           version, any letter case of "SIP", any text as URI, no reason phrase
/// source    RFC 3261 sections 7.1 and 7.2
[[nodiscard]] Result<StartLineView> parse_start_line(std::string_view line) noexcept;

/// Whether `text` can be the beginning of a start line: decided on its first word, in a few
/// nanoseconds for what is not text.
[[nodiscard]] bool may_start_sip(std::string_view text) noexcept;

}  // namespace heptap
