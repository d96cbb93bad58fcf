#include "proto/sip/cseq.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <system_error>

#include "proto/sip/chars.hpp"

namespace heptap {

using namespace sip_chars;

namespace {

/// What follows the number; empty unless it is white space and one token.
std::string_view method_of(std::string_view value) noexcept {
  // Lambdas: through a pointer to a function, each character would be a call.
  const auto* const after =
      std::find_if_not(value.begin(), value.end(), [](char c) { return is_digit(c); });
  const auto digits = static_cast<std::size_t>(after - value.begin());
  const std::string_view method = trim(value.substr(digits));
  const bool separated = digits > 0 && after != value.end() && is_lws(*after);
  const bool is_one = std::all_of(method.begin(), method.end(), [](char c) { return is_token(c); });
  return separated && is_one ? method : std::string_view{};
}

}  // namespace

Result<CseqView> parse_cseq(std::string_view value) noexcept {
  CseqView out;
  out.method = method_of(value);
  if (out.method.empty()) return Errc::malformed;
  const char* const end = value.data() + value.size();
  const auto [stop, error] = std::from_chars(value.data(), end, out.number);
  if (error == std::errc::result_out_of_range) return Errc::over_limit;
  return out;
}

std::string_view transaction_method(const SipView& message) noexcept {
  return message.is_request() ? message.method() : method_of(message.first(HeaderId::cseq));
}

}  // namespace heptap
