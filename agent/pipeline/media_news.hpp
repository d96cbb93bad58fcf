#pragma once

#include <cstdint>

#include "agent/calls/media_calls.hpp"
#include "agent/calls/media_observer.hpp"
#include "agent/pipeline/counts.hpp"

namespace heptap {

/// Counts events of media, and tells whoever listens under the Call-ID of their call.
class MediaNews {
 public:
  /// observer  null: they are only counted. Both must outlive it.
  MediaNews(MediaCalls& calls, MediaObserver* observer) : calls_(calls), observer_(observer) {}

  /// event     without the text of its owner
  void tell(MediaEventReport event) noexcept;

  [[nodiscard]] const Counts<MediaEventKind>& counts() const noexcept { return counts_; }

 private:
  MediaCalls& calls_;
  MediaObserver* observer_;
  MediaText text_;
  Counts<MediaEventKind> counts_;
};

}  // namespace heptap
