#pragma once

#include "agent/calls/media_observer.hpp"
#include "agent/calls/tracked_calls.hpp"

namespace heptap {

/// Tells tracked calls that their media flow, since a call whose session timer lapses may well go on, and
/// hands all it is told to the next one.
class MediaSigns : public MediaObserver {
 public:
  /// next      null: nobody else listens. Both must outlive it.
  MediaSigns(TrackedCalls& calls, MediaObserver* next) noexcept : calls_(calls), next_(next) {}

  void on_stream(const StreamReport& report) noexcept override {
    constexpr std::int64_t ns_per_us = 1000;
    calls_.note_media(report.owner.call_hash, report.figures.last_ns / ns_per_us);
    if (next_ != nullptr) next_->on_stream(report);
  }
  void on_event(const MediaEventReport& event) noexcept override {
    if (next_ != nullptr) next_->on_event(event);
  }
  void on_reception(const ReceptionReport& report) noexcept override {
    if (next_ != nullptr) next_->on_reception(report);
  }
  void on_phone_report(const PhoneReport& report) noexcept override {
    if (next_ != nullptr) next_->on_phone_report(report);
  }

 private:
  TrackedCalls& calls_;
  MediaObserver* next_;
};

}  // namespace heptap
