#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <filesystem>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "agent/report/daemon_figures.hpp"
#include "agent/spool_handover.hpp"
#include "transport/collector_options.hpp"
#include "transport/disk_thread.hpp"

namespace heptap {

/// Who has spools.
struct SpoolOwners {
  std::vector<CollectorOptions> collectors;
  /// Collectors with members, any of which may have what was for another one.
  std::vector<std::string> services;
};

/// Folders beside those of spools whose collectors have gone: a name's address, or one that the
/// configuration had. What is in one of a service is sent to another member of it, one folder after the other;
/// the rest waits for its collector to be back until it is too old. Empty folders are removed.
///
/// A disk that hangs holds up its thread alone, and set_owners() for a while.
class SpoolOrphans final : public DiskThread {
 public:
  using Time = SpoolStore::Clock::time_point;
  static constexpr std::chrono::seconds look_every{60};
  static constexpr std::chrono::seconds look_every_while_sending{1};

  /// events    called on the thread that looks, and on that of what is sent
  explicit SpoolOrphans(EventSink events) : DiskThread("", std::move(events), nullptr) {}
  ~SpoolOrphans() override;

  /// Nothing is done in their folders from now on, unless the disk hangs there. Without any spool, nothing
  /// is done at all.
  void set_owners(SpoolOwners owners);

  /// Looks in a thread of its own from now on.
  void start();
  /// To be called when it was started: that thread ends. What was not sent stays.
  void finish();
  void look(SpoolStore::Now now);

  /// As of the last look. Any thread may call it.
  [[nodiscard]] OrphanFigures figures() const;

 private:
  void run();
  [[nodiscard]] std::chrono::seconds until_next_look();
  [[nodiscard]] bool is_owned(const std::filesystem::path& folder) const;
  [[nodiscard]] std::vector<std::filesystem::path> folders() const;
  [[nodiscard]] std::vector<CollectorOptions> heirs_of(const std::filesystem::path& folder) const;
  [[nodiscard]] std::optional<SpoolCounters> look_into(const std::filesystem::path& folder,
                                                       SpoolStore::Now now);
  [[nodiscard]] std::filesystem::path next_of(const std::vector<std::filesystem::path>& folders);
  [[nodiscard]] bool is_still_sending(Time now);
  [[nodiscard]] std::optional<SpoolCounters> look_at_handover(const std::filesystem::path& folder,
                                                              Time now);
  void hand_over(const std::filesystem::path& folder, Time now);
  void end_handover();
  void note_lost(const std::filesystem::path& folder, const SpoolLosses& lost);
  void tell_of(const std::vector<std::string>& found);

  std::atomic<bool> ends_{false};
  mutable std::mutex mutex_;  ///< guards what is here; never held while a disk works
  std::condition_variable wake_;
  SpoolOwners owners_;
  std::filesystem::path directory_;  ///< empty: nobody has a spool
  SpoolLimits limits_;
  OrphanFigures figures_;
  bool is_due_ = false;

  std::mutex disk_;  ///< held by who works in folders; guards what follows; before mutex_
  std::optional<SpoolHandover> handover_;  ///< to a member
  std::filesystem::path last_sent_;
  std::string last_failure_;  ///< to send; empty: none
  std::size_t next_heir_ = 0;
  std::chrono::seconds period_ = look_every;
  Time next_look_;  ///< of all folders; before, only at the one that is being sent
  std::set<std::filesystem::path> told_;
};

}  // namespace heptap
