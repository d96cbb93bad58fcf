#include "proto/sip/multipart.hpp"

#include <algorithm>
#include <cstddef>

#include "proto/sip/chars.hpp"
#include "proto/sip/media_type.hpp"

namespace heptap {

using namespace sip_chars;

namespace {

constexpr auto npos = std::string_view::npos;
constexpr int max_depth = 3;
constexpr std::size_t max_boundary_bytes = 70;  // RFC 2046 section 5.1.1

/// What may follow a boundary: the closing "--", or blanks to the end of the line.
bool ends_delimiter(std::string_view rest) noexcept {
  if (rest.starts_with("--")) return true;
  while (!rest.empty() && is_wsp(rest.front())) rest.remove_prefix(1);
  return rest.empty() || rest.front() == '\r' || rest.front() == '\n';
}

/// Where "--boundary" stands alone at the beginning of a line.
std::size_t find_delimiter(std::string_view body, std::string_view boundary) noexcept {
  for (std::size_t at = body.find("--"); at != npos; at = body.find("--", at + 1)) {
    const bool begins_line = at == 0 || body[at - 1] == '\n';
    if (!begins_line || !body.substr(at + 2).starts_with(boundary)) continue;
    if (ends_delimiter(body.substr(at + 2 + boundary.size()))) return at;
  }
  return npos;
}

std::string_view without_line_end(std::string_view text) noexcept {
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

/// Takes a line, with the lines that fold into it, off the head of a part.
std::string_view take_line(std::string_view& rest) noexcept {
  std::size_t end = rest.find('\n');
  while (end != npos && end > 1 && end + 1 < rest.size() && is_wsp(rest[end + 1])) {
    end = rest.find('\n', end + 1);
  }
  const std::string_view line = trim_right(rest.substr(0, end));
  rest.remove_prefix(end == npos ? rest.size() : end + 1);
  return line;
}

BodyPartView parse_part(std::string_view part) noexcept {
  BodyPartView out;
  while (!part.empty()) {
    const std::string_view line = take_line(part);
    if (line.empty()) break;
    const std::size_t colon = std::min(line.find(':'), line.size());
    if (header_id(trim(line.substr(0, colon))) != HeaderId::content_type) continue;
    out.content_type = trim(line.substr(std::min(colon + 1, line.size())));
  }
  out.content = part;
  return out;
}

std::string_view find_part(std::string_view body, const MediaTypeView& is, std::string_view type,
                           std::string_view subtype, int depth) noexcept {
  if (is.is(type, subtype)) return body;
  const std::string_view boundary = is.boundary();
  if (!equal_ignoring_case(is.type, "multipart") || depth == max_depth) return {};
  for (BodyPartView part; next_body_part(body, boundary, part);) {
    const Result<MediaTypeView> part_type = parse_media_type(part.content_type);
    if (!part_type) continue;
    const std::string_view found = find_part(part.content, *part_type, type, subtype, depth + 1);
    if (!found.empty()) return found;
  }
  return {};
}

}  // namespace

bool next_body_part(std::string_view& rest, std::string_view boundary, BodyPartView& out) noexcept {
  if (boundary.empty() || boundary.size() > max_boundary_bytes) return false;
  const std::size_t open = find_delimiter(rest, boundary);
  if (open == npos) return false;
  rest.remove_prefix(open + 2 + boundary.size());
  const std::size_t line_end = rest.find('\n');
  if (rest.starts_with("--") || line_end == npos) {
    rest = {};
    return false;
  }
  rest.remove_prefix(line_end + 1);
  const std::size_t close = find_delimiter(rest, boundary);
  out = parse_part(close == npos ? rest : without_line_end(rest.substr(0, close)));
  rest.remove_prefix(std::min(close, rest.size()));
  return true;
}

std::string_view find_body(const SipView& message, std::string_view type,
                           std::string_view subtype) noexcept {
  const std::string_view body = message.body();
  MediaTypeView is;
  if (message.contains(HeaderId::content_type)) {
    const Result<MediaTypeView> written = parse_media_type(message.first(HeaderId::content_type));
    if (!written) return {};
    is = *written;
  } else if (body.starts_with("v=")) {
    is = {"application", "sdp", {}};
  }
  return find_part(body, is, type, subtype, 0);
}

}  // namespace heptap
