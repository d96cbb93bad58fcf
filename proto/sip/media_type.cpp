#include "proto/sip/media_type.hpp"

#include <algorithm>
#include <cstddef>

#include "proto/sip/chars.hpp"
#include "proto/sip/params.hpp"

namespace heptap {

using namespace sip_chars;

namespace {
bool is_name(std::string_view s) noexcept {
  return !s.empty() && std::all_of(s.begin(), s.end(), is_token);
}
}  // namespace

bool MediaTypeView::is(std::string_view type_wanted,
                       std::string_view subtype_wanted) const noexcept {
  return equal_ignoring_case(type, type_wanted) && equal_ignoring_case(subtype, subtype_wanted);
}

std::string_view MediaTypeView::boundary() const noexcept {
  return param_value(params, "boundary");
}

Result<MediaTypeView> parse_media_type(std::string_view value) noexcept {
  const std::size_t semicolon = std::min(value.find(';'), value.size());
  const std::string_view names = value.substr(0, semicolon);
  const std::size_t slash = names.find('/');
  if (slash == std::string_view::npos) return Errc::malformed;
  MediaTypeView out;
  out.type = trim(names.substr(0, slash));
  out.subtype = trim(names.substr(slash + 1));
  out.params = value.substr(semicolon);
  if (!is_name(out.type) || !is_name(out.subtype)) return Errc::malformed;
  return out;
}

}  // namespace heptap
