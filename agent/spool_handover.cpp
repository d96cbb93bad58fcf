#include "agent/spool_handover.hpp"

#include <algorithm>
#include <utility>

#include "transport/disk_thread.hpp"

namespace heptap {
namespace {

// Nothing will come later, for which it would stop waiting.
CollectorOptions for_folder(CollectorOptions heir, const std::filesystem::path& folder) {
  heir.spool->folder = folder;
  heir.spool->waits_for_close = false;
  constexpr auto longest = SpoolHandover::close_timeout;
  heir.close_timeout = std::min(heir.close_timeout.value_or(longest), longest);
  return heir;
}

}  // namespace

SpoolHandover::SpoolHandover(std::filesystem::path folder, CollectorOptions heir, EventSink events,
                             Time now)
    : folder_(std::move(folder)),
      heir_(heir.name),
      spool_(std::make_unique<Spool>(for_folder(std::move(heir), folder_), folder_.string(),
                                     std::move(events), nullptr)),
      moved_at_(now) {
  spool_->set_pace(SpoolPace::beside);
}

std::optional<SpoolCounters> SpoolHandover::look(Time now) {
  SpoolCounters found = spool_->counters();
  const bool has_sent = found.sent != std::exchange(sent_, found.sent);
  const bool has_given = found.given != std::exchange(given_, found.given);
  if (has_sent || has_given) moved_at_ = now;
  const bool is_done = spool_->has_looked() && found.held == 0;
  if (is_done || now - moved_at_ >= patience) return std::nullopt;
  return found;
}

SpoolCounters SpoolHandover::end() {
  spool_->finish();
  if (spool_->ends_within(DiskThread::last_wait)) return spool_->counters();
  SpoolCounters last = spool_->counters_without_disk();
  DiskThread::leave_behind(std::move(spool_));
  return last;
}

}  // namespace heptap
