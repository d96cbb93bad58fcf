// Whatever a body holds, what the SDP scanner and the multipart reader find lies inside of it.
#include "proto/sip/sdp.hpp"

#include "proto/sip/multipart.hpp"
#include "tests/fuzz/require.hpp"

using namespace heptap;
using namespace heptap::test;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {  // NOLINT
  static SdpView sdp;
  const auto block = exact_block(data, size);
  const std::string_view text = as_text(block);
  std::string_view rest = text;
  for (BodyPartView part; next_body_part(rest, "b", part);) {
    require_inside(text, part.content);
    require_inside(text, part.content_type);
  }
  if (parse_sdp(text, sdp) != Errc::none) return 0;
  require(sdp.media().size() <= SdpView::max_media);
  for (const SdpMediaView& media : sdp.media()) {
    require(media.payload_type_count <= SdpMediaView::max_payload_types);
    require_inside(text, media.type);
    require_inside(text, media.proto);
    require_inside(text, media.formats);
    require_inside(text, media.mid);
    require(sdp.bundle_tag(static_cast<std::size_t>(&media - sdp.media().data())) <
            sdp.media().size());
    require_inside(text, sdp.address(media).text);
    require_inside(text, sdp.rtcp_address(media).text);
    for (const SdpRtpMapView& map : sdp.rtpmaps(media)) require_inside(text, map.encoding);
    for (const SdpCandidateView& c : sdp.candidates(media)) require_inside(text, c.address.text);
  }
  return 0;
}
