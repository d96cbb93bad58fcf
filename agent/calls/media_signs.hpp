#pragma once

#include "agent/calls/call_table.hpp"
#include "agent/calls/media_observer.hpp"
#include "agent/calls/tracked_calls.hpp"

namespace heptap {

/// Tells the tables of calls that media flow, since a call without messages may well go on, whatever its
/// session timer and its age say, and hands all it is told to the next one.
class MediaSigns : public MediaObserver {
 public:
  /// tracked   null: there are none
  /// next      null: nobody else listens. All must outlive it.
  MediaSigns(CallTable& calls, TrackedCalls* tracked, MediaObserver* next) noexcept
      : calls_(calls), tracked_(tracked), next_(next) {}

  void on_stream(const StreamReport& report) noexcept override {
    constexpr std::int64_t ns_per_us = 1000;
    note(report.owner.call_hash, report.figures.last_ns / ns_per_us);
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
  void on_media(std::uint64_t call_hash, std::int64_t time_us) noexcept override {
    note(call_hash, time_us);
    if (next_ != nullptr) next_->on_media(call_hash, time_us);
  }

 private:
  void note(std::uint64_t call_hash, std::int64_t time_us) noexcept {
    calls_.note_media(call_hash, time_us);
    if (tracked_ != nullptr) tracked_->note_media(call_hash, time_us);
  }

  CallTable& calls_;
  TrackedCalls* tracked_;
  MediaObserver* next_;
};

}  // namespace heptap
