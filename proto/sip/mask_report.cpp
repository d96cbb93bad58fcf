#include <algorithm>
#include <string_view>

#include "proto/sip/chars.hpp"
#include "proto/sip/mask.hpp"
#include "proto/sip/mask_pen.hpp"
#include "proto/sip/mask_uris.hpp"

namespace heptap {

using namespace sip_chars;

namespace {

// The value of each member of this name, in quotes, that is a text; others than we may have blanks around
// the colon. A backslash in it hides what follows from the end.
template <class Hide>
void each_text(std::string_view json, std::string_view member, Hide hide) noexcept {
  for (auto at = json.find(member); at != std::string_view::npos; at = json.find(member)) {
    json = trim_left(json.substr(at + member.size()));
    if (!json.starts_with(':')) continue;
    json = trim_left(json.substr(1));
    if (!json.starts_with('"')) continue;
    json.remove_prefix(1);
    std::size_t size = 0;
    while (size < json.size() && json[size] != '"') size += json[size] == '\\' ? 2U : 1U;
    size = std::min(size, json.size());
    hide(json.substr(0, size));
    json.remove_prefix(size);
  }
}

// Which end a stream is from, where others say who.
bool is_end_of_call(std::string_view who) noexcept { return who == "caller" || who == "callee"; }

}  // namespace

void mask_report(Bytes original, std::span<std::uint8_t> copy, const SipMasks& masks,
                 const MaskKey& key) noexcept {
  MaskPen pen(original, copy, masks, key);
  const std::string_view json = as_text(original);
  if (masks.digits) {
    each_text(json, "\"digit\"", [&](std::string_view digit) { pen.hide_digits(digit); });
  }
  if (masks.users == UserMask::none) return;
  mask_uris(json, pen);
  for (const std::string_view member : {"\"text\"", "\"from\"", "\"to\""}) {
    each_text(json, member, [&](std::string_view who) {
      if (!is_end_of_call(who)) pen.hide_user(who.substr(0, who.find('@')));
    });
  }
}

}  // namespace heptap
