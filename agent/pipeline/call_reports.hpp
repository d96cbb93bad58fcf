#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string_view>
#include <utility>

#include "agent/calls/call_table.hpp"
#include "agent/calls/media_book.hpp"
#include "agent/calls/media_calls.hpp"
#include "agent/pipeline/counts.hpp"
#include "agent/pipeline/outlet.hpp"
#include "agent/report/call_json.hpp"
#include "agent/report/call_report_queue.hpp"
#include "agent/report/ledger.hpp"

namespace heptap {

/// What became of the report of a call.
enum class CallReportFate : std::uint8_t {
  sent,
  call_gone,   ///< the call table had no room for it any more, or has the next of its Call-ID
  no_call_id,  ///< the Call-ID has nothing that a collector takes
  count_
};

/// gives     the enumerator's own spelling; static storage
[[nodiscard]] std::string_view to_string(CallReportFate fate) noexcept;

/// A call is reported within this of its end.
inline constexpr std::chrono::seconds until_reported{64};

/// What the reports of all pipelines are made of. Everything borrowed outlives them.
struct CallReportSources {
  CallReportQueue* queue = nullptr;   ///< null: no reports
  const CallTable* calls = nullptr;   ///< keeps details
  MediaBook* media = nullptr;         ///< null: nothing is known of media
  const MediaCalls* links = nullptr;  ///< null: nothing links calls
};

/// Sends calls that are over as JSON, payload type 100, under what links them to others, or else their
/// Call-IDs: as their messages are. One thread uses it; no allocation per report but for longer texts
/// than there were before.
class CallReports {
 public:
  /// outlet    must outlive it
  CallReports(const CallReportSources& sources, Outlet& outlet)
      : sources_(sources), outlet_(outlet) {}

  /// Sends one that waits, unless send_before() has sent one since. To be called for all that comes: it
  /// costs nothing when none waits.
  void send_next() noexcept {
    if (std::exchange(has_sent_, false)) return;
    if (sources_.queue->has_any()) (void)send_one();
  }

  /// Sends the one of a call whose Call-ID the next call uses, now and past the queue: what the tables
  /// know under it is the next one's soon. It takes the place of what send_next() would send, so that
  /// nobody causes more reports than messages.
  void send_before(std::uint64_t call_hash, const CallState& state) noexcept;

  /// Sends all that wait.
  void send_all() noexcept {
    while (send_one()) continue;
  }

  /// gives     what was taken from the queue, or went past it; what was sent joins the way at `encode`
  [[nodiscard]] LedgerStage stage() const;
  [[nodiscard]] std::uint64_t sent() const noexcept { return fates_[CallReportFate::sent]; }

 private:
  // False when none waits.
  bool send_one() noexcept;
  void send_counted() noexcept;
  [[nodiscard]] CallReportFate send() noexcept;
  [[nodiscard]] std::string_view sent_under() noexcept;

  CallReportSources sources_;
  Outlet& outlet_;
  bool has_sent_ = false;
  std::uint64_t entered_ = 0;
  Counts<CallReportFate> fates_;
  CallReportQueue::Over over_;
  Call call_;
  CallDetails details_;
  CallMedia media_;
  MediaText text_;
  std::array<std::uint8_t, max_call_json_bytes> json_;
};

}  // namespace heptap
