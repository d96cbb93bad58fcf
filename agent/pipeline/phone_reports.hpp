#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "agent/calls/call_table.hpp"
#include "agent/calls/media_calls.hpp"
#include "agent/calls/media_observer.hpp"
#include "agent/pipeline/counts.hpp"
#include "agent/pipeline/outlet.hpp"
#include "proto/net/packet.hpp"
#include "proto/quality/message_reports.hpp"
#include "proto/quality/vq_report.hpp"
#include "proto/sip/message.hpp"

namespace heptap {

/// What became of a report that a phone has put into a message of SIP.
enum class PhoneFate : std::uint8_t {
  sent,        ///< as JSON, under the Call-ID that it names
  taken,       ///< read, and not sent
  unreadable,  ///< no report of RFC 6035, or none of its statistics
  no_call_id,  ///< it does not say which call it is about
  over_limit,  ///< longer than 64 KiB, or than a frame has room for
  count_
};

/// gives     the enumerator's own spelling; static storage
[[nodiscard]] std::string_view to_string(PhoneFate fate) noexcept;

/// Reads what phones say in SIP of their streams: reports in the body of PUBLISH and the like, which
/// may go on as frames of payload type 35, and statistics in the header of what ends a call. The
/// message itself is not its business. One thread uses it; no allocation.
/// source    RFC 6035; no RFC has the header fields
class PhoneReports {
 public:
  /// calls     hashes Call-IDs
  /// media     tells which end of its call reports, and what links it; null: nobody does
  /// outlet    where bodies go; null: nowhere
  /// observer  is told of what can be read; null: header fields are not looked at
  /// All of them must outlive it.
  PhoneReports(const CallTable& calls, const MediaCalls* media, Outlet* outlet,
               MediaObserver* observer)
      : calls_(calls), media_(media), outlet_(outlet), observer_(observer) {}

  /// Reads what is in a message, if there is anything: most are told by their method.
  /// call      hash of the message's own Call-ID
  void take(const SipView& sip, const Packet& packet, std::int64_t time_us,
            std::uint64_t call) noexcept {
    if (const std::string_view body = find_vq_report(sip); !body.empty()) {
      ++fates_[take_body(body, packet, time_us)];
    } else if (observer_ != nullptr && may_have_rtp_stat(sip)) {
      take_fields(sip, packet, time_us, call);
    }
  }

  /// gives     of each report, or message with such header fields, what became of it
  [[nodiscard]] const Counts<PhoneFate>& fates() const noexcept { return fates_; }

 private:
  [[nodiscard]] PhoneFate take_body(std::string_view body, const Packet& packet,
                                    std::int64_t time_us) noexcept;
  void take_fields(const SipView& sip, const Packet& packet, std::int64_t time_us,
                   std::uint64_t call) noexcept;
  void tell_of_body(std::uint64_t call, std::int64_t time_us) noexcept;
  void tell(PhoneReport report, MediaType type, const ReportedStreamsView& streams) noexcept;
  [[nodiscard]] PhoneFate send_body(std::uint64_t call, const Packet& packet,
                                    std::int64_t time_us) noexcept;

  const CallTable& calls_;
  const MediaCalls* media_;
  Outlet* outlet_;
  MediaObserver* observer_;
  VqReportView report_;  // dead between two messages
  std::array<std::uint8_t, 16'384> json_;
  Counts<PhoneFate> fates_;
};

}  // namespace heptap
