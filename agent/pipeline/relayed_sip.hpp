#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "agent/calls/call_table.hpp"
#include "agent/calls/media_calls.hpp"
#include "agent/calls/tracked_calls.hpp"
#include "agent/pipeline/call_keepers.hpp"
#include "agent/pipeline/call_reports.hpp"
#include "agent/pipeline/duplicates.hpp"
#include "agent/pipeline/outlet.hpp"
#include "agent/plan/subject.hpp"
#include "proto/hash.hpp"
#include "proto/hep/decode.hpp"
#include "proto/sip/message.hpp"
#include "proto/sip/sdp.hpp"

namespace heptap {

/// What became of the SIP in a frame of another agent. The frame goes on in any case.
enum class RelayedFate : std::uint8_t {
  taken,
  copy,    ///< it came in another frame already
  unread,  ///< it cannot be parsed
  count_
};

/// What takes SIP of HEP sources into account beside the call table. Null: there is none.
struct RelayedParts {
  MediaCalls* media = nullptr;
  TrackedCalls* tracked = nullptr;
  CallReportSources reports = {};
  std::int64_t duplicate_window_us = 5000;  ///< 0: nothing is a copy
};

/// Takes SIP that other agents have captured into account as a pipeline does what it captures: in calls,
/// which media belong to them, and KPIs. One thread uses it; no allocation per message.
///
/// A frame says nothing of the IP identification, so the same bytes between the same ends within the
/// window are a copy, over any transport. The window knows frames alone: what they say must not keep
/// captured packets from being sent.
class RelayedSip {
 public:
  /// outlet    where reports of calls go; everything borrowed must outlive it
  RelayedSip(CallTable& calls, const RelayedParts& parts, Outlet& outlet);

  /// Reads the SIP in a frame, and tells a copy, once for all that is to be done with it.
  /// view      of payload type SIP
  /// gives     null: it cannot be read
  /// lifetime  until the next one is read
  [[nodiscard]] const SipView* read(const hep::HepView& view) noexcept;

  /// sip       what read() gave of the frame, which was the last that it has read
  /// time_us   when it was sent, by a clock that fits those of all others; copies are told by the time in
  ///           the frame
  RelayedFate take(const SipView* sip, std::int64_t time_us);

  /// The same of one that nobody knows the time of: calls and their media know of it, but nothing that is
  /// measured, or ends, by the times of messages.
  RelayedFate take_untimed(const SipView* sip, std::int64_t arrival_us);

  /// sip       what read() gave of a frame that is SIP; else null
  /// gives     a frame, of any payload type, as a plan sees it
  /// lifetime  until the next one is asked for
  [[nodiscard]] PlanSubject subject_of(const hep::HepView& view, const SipView* sip,
                                       std::int64_t arrival_us) noexcept;

  /// Tells a plan what is known of the call of such a frame, for take() at this time.
  void add_call(PlanSubject& subject, std::int64_t time_us) noexcept {
    if (tracked_ != nullptr && subject.sip != nullptr) add_standing(subject, *tracked_, time_us);
    if (subject.is_copy) subject.is_retransmission = false;
  }

  /// Lets calls end by their age and timers, and reports those that are over: to be called ten times a
  /// second.
  void look(std::int64_t now_us) noexcept;

  /// Sends the reports of calls that are over when nothing more comes.
  void send_call_reports() noexcept {
    if (call_reports_) call_reports_->send_all();
  }

  /// gives     of the reports; null: there are none
  [[nodiscard]] const CallReports* call_reports() const noexcept {
    return call_reports_ ? &*call_reports_ : nullptr;
  }

 private:
  RelayedFate take(const SipView* sip, std::int64_t time_us, const CallKeepers& keepers);

  CallTable& calls_;
  MediaCalls* media_;
  TrackedCalls* tracked_;
  Outlet& outlet_;
  DuplicateWindow duplicates_;
  std::optional<CallReports> call_reports_;
  BytesHash content_hash_;
  SipView sip_;
  Packet packet_;  // of what was read, or of a subject
  std::uint64_t content_ = 0;
  bool is_copy_ = false;
  SdpView sdp_;
  std::size_t turn_ = 0;
};

}  // namespace heptap
