#include "agent/pipeline/media_news.hpp"

namespace heptap {

std::string_view to_string(MediaEventKind kind) noexcept {
  switch (kind) {
    case MediaEventKind::codec_not_in_sdp: return "codec_not_in_sdp";
    case MediaEventKind::codec_changed: return "codec_changed";
    case MediaEventKind::restarted: return "restarted";
    case MediaEventKind::media_gap: return "media_gap";
    case MediaEventKind::dtmf: return "dtmf";
    case MediaEventKind::media_timeout: return "media_timeout";
    case MediaEventKind::one_way_audio: return "one_way_audio";
    case MediaEventKind::no_audio: return "no_audio";
    case MediaEventKind::late_media: return "late_media";
    case MediaEventKind::media_after_bye: return "media_after_bye";
    case MediaEventKind::ssrc_changed: return "ssrc_changed";
    case MediaEventKind::count_: break;
  }
  return "?";
}

void MediaNews::tell(MediaEventReport event) noexcept {
  ++counts_[event.kind];
  if (observer_ == nullptr) return;
  const auto call = calls_.state(event.owner.call_hash, event.time_us, text_);
  if (call) event.owner.call_id = call->call_id;
  observer_->on_event(event);
}

}  // namespace heptap
