#include "proto/sip/mask.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "proto/sip/mask_body.hpp"
#include "proto/sip/mask_headers.hpp"
#include "proto/sip/mask_pen.hpp"
#include "proto/sip/mask_uris.hpp"

namespace heptap {

namespace {

/// All but the values of Via and Call-ID: they have no URIs, whatever they look like.
void mask_all_uris(const SipView& sip, MaskPen& pen) noexcept {
  std::string_view rest = sip.text();
  const auto pass_over = [&](std::string_view value) {
    const auto offset = static_cast<std::size_t>(value.data() - rest.data());
    if (value.empty() || offset >= rest.size()) return;  // passed over already
    mask_uris(rest.substr(0, offset), pen);
    rest.remove_prefix(offset + value.size());
  };
  for (const SipHeader header : sip.headers()) {
    if (header.id == HeaderId::via || header.id == HeaderId::call_id) pass_over(header.value);
  }
  pass_over(sip.call_id());
  mask_uris(rest, pen);
}

/// The header fields that the index does not know: beyond its limit, or on a line that was cut.
void mask_rest_of_head(const SipView& sip, MaskPen& pen) noexcept {
  const std::string_view head = sip.head();
  const auto headers = sip.headers();
  std::size_t begin = sip.start_line().size();
  if (!headers.empty()) {
    const std::string_view name = headers[headers.size() - 1].name;
    begin = static_cast<std::size_t>(name.data() - head.data());
  }
  mask_header_lines(head.substr(begin), pen);
}

}  // namespace

MaskKey::MaskKey(Bytes secret) noexcept : hash_(0, 0) {
  std::array<std::uint64_t, 2> first{};
  if (!secret.empty()) {
    std::memcpy(first.data(), secret.data(), std::min(secret.size(), sizeof first));
  }
  const SipHash low(first[0], first[1]);
  const SipHash high(first[1], ~first[0]);
  hash_ = SipHash(low(secret), high(secret));
}

void mask_sip(const SipView& sip, Bytes original, std::span<std::uint8_t> copy,
              const SipMasks& masks, const MaskKey& key) noexcept {
  if (!masks.any()) return;
  MaskPen pen(original, copy, masks, key);
  if (pen.hides_users()) mask_all_uris(sip, pen);
  if (pen.hides_users() || masks.credentials) {
    for (const SipHeader header : sip.headers()) mask_header(header, pen);
    const bool has_rest = sip.has(SipFlag::headers_overflow) || sip.has(SipFlag::head_incomplete);
    if (has_rest) mask_rest_of_head(sip, pen);
  }
  mask_body(sip, pen);
}

}  // namespace heptap
