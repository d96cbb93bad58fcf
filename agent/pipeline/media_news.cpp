#include "agent/pipeline/media_news.hpp"

namespace heptap {

void MediaNews::tell(MediaEventReport event) noexcept {
  ++counts_[event.kind];
  if (observer_ == nullptr) return;
  const auto call = calls_.state(event.owner.call_hash, event.time_us, text_);
  if (call) event.owner.call_id = call->call_id;
  observer_->on_event(event);
}

}  // namespace heptap
