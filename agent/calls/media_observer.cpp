#include "agent/calls/media_observer.hpp"

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
    case MediaEventKind::two_way_audio: return "two_way_audio";
    case MediaEventKind::late_media: return "late_media";
    case MediaEventKind::media_after_bye: return "media_after_bye";
    case MediaEventKind::ssrc_changed: return "ssrc_changed";
    case MediaEventKind::count_: break;
  }
  return "?";
}

bool is_of_stream(MediaEventKind kind) noexcept {
  switch (kind) {
    case MediaEventKind::media_timeout:
    case MediaEventKind::one_way_audio:
    case MediaEventKind::no_audio:
    case MediaEventKind::two_way_audio:
    case MediaEventKind::late_media:
    case MediaEventKind::media_after_bye: return false;
    default: return true;
  }
}

bool has_detail(MediaEventKind kind) noexcept {
  switch (kind) {
    case MediaEventKind::codec_not_in_sdp:
    case MediaEventKind::codec_changed:
    case MediaEventKind::media_gap:
    case MediaEventKind::dtmf:
    case MediaEventKind::late_media:
    case MediaEventKind::media_after_bye: return true;
    default: return false;
  }
}

}  // namespace heptap
