#include "proto/sip/chars.hpp"
#include "proto/sip/sdp.hpp"
#include "proto/sip/sdp_fields.hpp"

namespace heptap {

using namespace sdp_fields;
using namespace sip_chars;

std::uint16_t SdpView::rtcp_port(const SdpMediaView& media) noexcept {
  if (media.port == 0) return 0;
  if (media.rtcp_port != 0) return media.rtcp_port;
  return static_cast<std::uint16_t>(media.port + 1U);
}

SdpDirection SdpView::direction(const SdpMediaView& media) const noexcept {
  if (media.direction != SdpDirection::unset) return media.direction;
  if (session_.direction != SdpDirection::unset) return session_.direction;
  return SdpDirection::sendrecv;
}

std::size_t SdpView::bundle_tag(std::size_t media) const noexcept {
  const std::string_view mid = media_[media].mid;
  for (std::size_t i = 0; i < bundle_count_ && !mid.empty(); ++i) {
    if (!has_word(bundles_[i], mid)) continue;
    if (const std::size_t tagged = first_of_bundle(bundles_[i]); tagged != max_media) return tagged;
  }
  return media;
}

std::size_t SdpView::first_of_bundle(std::string_view mids) const noexcept {
  for (std::size_t words = 0; words < max_media && !mids.empty(); ++words) {
    const std::string_view mid = take_word(mids);
    for (std::size_t i = 0; i < media_count_; ++i) {
      if (media_[i].mid == mid && media_[i].port != 0) return i;
    }
  }
  return max_media;
}

bool is_srtp(const SdpMediaView& media) noexcept {
  constexpr std::string_view secure = "SAVP";
  for (std::size_t i = 0; i + secure.size() <= media.proto.size(); ++i) {
    if (equal_ignoring_case(media.proto.substr(i, secure.size()), secure)) return true;
  }
  return false;
}

bool is_srtcp(const SdpMediaView& media) noexcept { return is_srtp(media) && !media.clear_srtcp; }

}  // namespace heptap
