#pragma once

#include <string_view>

#include "proto/sip/mask_pen.hpp"

namespace heptap {

/// Hides the secrets in the value of Authorization, WWW-Authenticate or their kind: a scheme, then
/// parameters or one token.
void mask_credentials(std::string_view value, MaskPen& pen) noexcept;

/// The same for parameters without scheme: the value of Authentication-Info.
void mask_auth_params(std::string_view params, MaskPen& pen) noexcept;

/// Hides the claims about caller and callee that Identity has signed, and the signature, against
/// which they could be guessed.
/// source    RFC 8224 section 4.1
void mask_identity(std::string_view value, MaskPen& pen) noexcept;

}  // namespace heptap
