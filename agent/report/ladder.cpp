#include "agent/report/ladder.hpp"

#include <algorithm>

#include "agent/random_seed.hpp"
#include "agent/report/text.hpp"
#include "proto/hash.hpp"
#include "proto/net/flow_key.hpp"
#include "proto/sip/encoding.hpp"

namespace heptap {
namespace {

// Of the first payload type, which is the one that is preferred.
std::string codec_text(const SdpView& sdp, const SdpMediaView& media) {
  if (media.payload_type_count == 0) return {};
  const std::uint8_t payload_type = media.payload_types[0];
  for (const SdpRtpMapView& map : sdp.rtpmaps(media)) {
    if (map.payload_type == payload_type) return " " + std::string(map.encoding);
  }
  const StaticPayload known = static_payload(payload_type);
  if (!known.encoding.empty()) return " " + std::string(known.encoding);
  return " " + std::to_string(payload_type);
}

std::string direction_text(SdpDirection direction) {
  switch (direction) {
    case SdpDirection::sendonly: return " sendonly";
    case SdpDirection::recvonly: return " recvonly";
    case SdpDirection::inactive: return " inactive";
    default: return {};
  }
}

std::string media_text(const SdpView& sdp, const SdpMediaView& media) {
  const std::string type(media.type);
  if (media.port == 0 && !media.bundle_only) return type + " refused";
  return type + codec_text(sdp, media) + direction_text(sdp.direction(media));
}

std::string sdp_text(std::string_view body, SdpView& sdp) {
  if (body.empty()) return {};
  if (parse_sdp(body, sdp) != Errc::none) return " (SDP unreadable)";
  std::string out;
  for (const SdpMediaView& media : sdp.media()) {
    if (out.size() > Ladder::max_label_characters) break;
    out += (out.empty() ? " (" : ", ") + media_text(sdp, media);
  }
  return out.empty() ? " (SDP)" : out + ")";
}

}  // namespace

void Ladder::on_message(const SipView& sip, const Packet& packet, std::int64_t time_us) {
  if (sip.call_id() != call_id_) return;
  const std::size_t from = host_of({packet.source, packet.source_port});
  const std::size_t to = host_of({packet.destination, packet.destination_port});
  if (arrows_.size() == max_arrows || from == max_hosts || to == max_hosts) {
    ++not_drawn_;
    return;
  }
  const std::uint64_t ends = flow_of(packet).hash(content_seed());
  const std::uint64_t digest = BytesHash(ends)(as_bytes(sip.text()));
  arrows_.push_back({time_us, from, to, label_of(sip), !seen_.insert(digest).second});
}

std::vector<LadderArrow> Ladder::arrows() const {
  std::vector<LadderArrow> sorted = arrows_;
  std::stable_sort(sorted.begin(), sorted.end(), [](const LadderArrow& a, const LadderArrow& b) {
    return a.time_us < b.time_us;
  });
  return sorted;
}

// gives     max_hosts: there is no room for it
std::size_t Ladder::host_of(const LadderHost& host) {
  const auto found = std::find(hosts_.begin(), hosts_.end(), host);
  if (found == hosts_.end() && hosts_.size() == max_hosts) return max_hosts;
  if (found == hosts_.end()) {
    hosts_.push_back(host);
    return hosts_.size() - 1;
  }
  return static_cast<std::size_t>(found - hosts_.begin());
}

std::string Ladder::label_of(const SipView& sip) {
  std::string label(sip.method());
  if (!sip.is_request()) {
    label = std::to_string(sip.status_code()) + " " + std::string(sip.reason().substr(0, 256));
  }
  return fitted(label + sdp_text(find_sdp(sip), sdp_), max_label_characters);
}

}  // namespace heptap
