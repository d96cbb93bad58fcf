#pragma once

#include <cstdint>
#include <string_view>

#include "proto/result.hpp"
#include "proto/sip/message.hpp"

namespace heptap {

struct CseqView {
  std::uint32_t number = 0;
  std::string_view method;  ///< as written
};

/// errors    malformed: not a number, white space, a method; over_limit: the number has more than
///           32 bits (RFC 3261 allows 31; the one above is taken as it is)
/// source    RFC 3261 section 20.16
[[nodiscard]] Result<CseqView> parse_cseq(std::string_view value) noexcept;

/// The method a message belongs to: a request's own, a response's from its CSeq, even when the
/// number there is out of range. Empty when there is none.
[[nodiscard]] std::string_view transaction_method(const SipView& message) noexcept;

}  // namespace heptap
