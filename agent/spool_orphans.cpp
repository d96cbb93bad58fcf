#include "agent/spool_orphans.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <initializer_list>
#include <system_error>
#include <thread>
#include <utility>

#include "agent/report/text.hpp"
#include "config/spool_folder.hpp"
#include "transport/wall_clock.hpp"

namespace heptap {
namespace {

constexpr std::chrono::seconds first_period{1};  // who leaves takes its time
constexpr std::size_t told_at_once = 8;

// What a spool leaves behind when it has no frame. What could not be read stays for a person.
void remove_empty(const std::filesystem::path& folder) {
  for (const char* const name : {"position", "lock"}) {
    ::unlinkat(AT_FDCWD, (folder / name).c_str(), 0);
  }
  ::unlinkat(AT_FDCWD, folder.c_str(), AT_REMOVEDIR);
}

// As of std::timed_mutex, of whose steady clock GCC 12's thread sanitizer knows nothing.
// gives     not locked: somebody has it for longer
std::unique_lock<std::mutex> lock_within(std::mutex& mutex, std::chrono::milliseconds longest) {
  constexpr std::chrono::milliseconds try_every{10};
  std::unique_lock lock(mutex, std::defer_lock);
  const auto until = std::chrono::steady_clock::now() + longest;
  while (!lock.try_lock() && std::chrono::steady_clock::now() < until) {
    std::this_thread::sleep_for(try_every);
  }
  return lock;
}

bool is_spool(const std::filesystem::directory_entry& entry) {
  std::error_code ignored;
  return entry.is_directory(ignored) && !entry.is_symlink(ignored) &&
         std::filesystem::exists(entry.path() / "position", ignored);
}

}  // namespace

SpoolOrphans::~SpoolOrphans() {
  finish();
  join();
  end_handover();
}

void SpoolOrphans::finish() {
  ends_ = true;
  const std::lock_guard lock(mutex_);
  wake_.notify_one();
}

// A folder that a disk keeps busy for longer has a lock of its own.
void SpoolOrphans::set_owners(SpoolOwners owners) {
  {
    const std::lock_guard lock(mutex_);
    owners_ = std::move(owners);
    const auto first = std::find_if(owners_.collectors.begin(), owners_.collectors.end(),
                                    [](const CollectorOptions& one) { return one.spool; });
    const bool has_any = first != owners_.collectors.end();
    directory_ = has_any ? first->spool->folder.parent_path() : std::filesystem::path{};
    if (has_any) limits_ = first->spool->limits;
    is_due_ = true;
  }
  if (const auto disk = lock_within(disk_, last_wait); disk) {
    end_handover();
    next_look_ = {};
    period_ = first_period;
  }
  wake_.notify_one();
}

void SpoolOrphans::start() {
  begin([this] { run(); });
}

void SpoolOrphans::run() {
  while (!ends_) {
    {
      const std::chrono::seconds period = until_next_look();
      std::unique_lock lock(mutex_);
      wake_.wait_for(lock, period, [this] { return is_due_ || ends_; });
      is_due_ = false;
    }
    look({.steady = SpoolStore::Clock::now(), .wall_us = wall_time_us()});
  }
  const std::lock_guard disk(disk_);
  end_handover();
}

std::chrono::seconds SpoolOrphans::until_next_look() {
  const std::lock_guard disk(disk_);
  return handover_ ? look_every_while_sending : period_;
}

// Who comes meanwhile waits for one folder at most.
void SpoolOrphans::look(SpoolStore::Now now) {
  if (is_still_sending(now.steady)) return;
  OrphanFigures seen;
  std::vector<std::string> news;
  std::vector<std::filesystem::path> can_be_sent;
  for (const auto& folder : folders()) {
    const std::lock_guard disk(disk_);
    if (ends_ || is_owned(folder)) continue;
    auto found = look_at_handover(folder, now.steady);
    if (!found) found = look_into(folder, now);
    if (!found) continue;
    ++seen.folders;
    seen.frames += found->held;
    seen.bytes += found->bytes;
    if (told_.insert(folder).second) {
      news.push_back(folder.string() + " (" + grouped(found->held) + " frames, " +
                     grouped(found->bytes) + " bytes)");
    }
    if (!heirs_of(folder).empty()) can_be_sent.push_back(folder);
  }
  tell_of(news);
  {
    const std::lock_guard disk(disk_);
    if (!ends_ && !handover_ && !can_be_sent.empty()) hand_over(next_of(can_be_sent), now.steady);
    next_look_ = now.steady + period_;
    period_ = std::min(2 * period_, look_every);
  }
  const std::lock_guard lock(mutex_);
  figures_.folders = seen.folders;
  figures_.frames = seen.frames;
  figures_.bytes = seen.bytes;
}

bool SpoolOrphans::is_owned(const std::filesystem::path& folder) const {
  const std::lock_guard lock(mutex_);
  return std::any_of(
      owners_.collectors.begin(), owners_.collectors.end(),
      [&](const CollectorOptions& one) { return one.spool && one.spool->folder == folder; });
}

std::vector<std::filesystem::path> SpoolOrphans::folders() const {
  std::unique_lock lock(mutex_);
  const std::filesystem::path directory = directory_;
  lock.unlock();
  std::vector<std::filesystem::path> found;
  if (directory.empty()) return found;
  std::error_code error;  // it is made when the first spool is
  std::filesystem::directory_iterator entry(directory, error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    if (!is_owned(entry->path()) && is_spool(*entry)) found.push_back(entry->path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

// gives     what is in it; nothing: nothing is, or others have it, such as a collector that leaves
std::optional<SpoolCounters> SpoolOrphans::look_into(const std::filesystem::path& folder,
                                                     SpoolStore::Now now) {
  try {
    std::unique_lock lock(mutex_);
    const SpoolLimits limits = limits_;
    lock.unlock();
    SpoolStore store(folder, limits, now);
    store.expire(now);
    const SpoolCounters found = store.counters();
    if (found.quarantined != 0) {
      tell(EventLevel::warning, std::to_string(found.quarantined) + " files in " + folder.string() +
                                    " cannot be used, and were renamed to *.bad");
    }
    // What is missing is so at each look: it is counted at the last one.
    note_lost(folder, found.held != 0 ? SpoolLosses{.age = found.lost.age} : found.lost);
    if (found.held != 0) return found;
    remove_empty(folder);
    told_.erase(folder);
  } catch (const std::system_error&) {  // asked again at the next look
  }
  return std::nullopt;
}

std::vector<CollectorOptions> SpoolOrphans::heirs_of(const std::filesystem::path& folder) const {
  const std::lock_guard lock(mutex_);
  std::vector<CollectorOptions> heirs;
  for (const std::string& service : owners_.services) {
    const std::string members = spool_folder_beside(folder, service + "/").string();
    const bool is_of_it =
        folder == spool_folder_beside(folder, service) || folder.string().starts_with(members);
    if (!is_of_it) continue;
    for (const CollectorOptions& one : owners_.collectors) {
      if (one.spool && one.name.starts_with(service + "/")) heirs.push_back(one);
    }
  }
  return heirs;
}

// Each in turn: one whose members are all down keeps none waiting.
std::filesystem::path SpoolOrphans::next_of(const std::vector<std::filesystem::path>& folders) {
  const auto next = std::upper_bound(folders.begin(), folders.end(), last_sent_);
  last_sent_ = next == folders.end() ? folders.front() : *next;
  return last_sent_;
}

// Who gets nothing through is followed by another one the next time, and so is one for whom there is no
// thread now.
void SpoolOrphans::hand_over(const std::filesystem::path& folder, Time now) {
  std::vector<CollectorOptions> heirs = heirs_of(folder);
  if (heirs.empty() || is_owned(folder)) return;
  CollectorOptions& heir = heirs[next_heir_++ % heirs.size()];
  try {
    handover_.emplace(
        folder, std::move(heir),
        [this](EventLevel level, const std::string& text) { tell(level, text); }, now);
    last_failure_.clear();
  } catch (const std::system_error& error) {
    if (std::exchange(last_failure_, error.what()) == error.what()) return;
    tell(EventLevel::error, folder.string() + ": cannot be sent now: " + last_failure_);
  }
}

bool SpoolOrphans::is_still_sending(Time now) {
  const std::lock_guard disk(disk_);
  return handover_ && now < next_look_ && look_at_handover(handover_->folder(), now).has_value();
}

// gives     nothing: the folder is not, or no longer, being sent
std::optional<SpoolCounters> SpoolOrphans::look_at_handover(const std::filesystem::path& folder,
                                                            Time now) {
  if (!handover_ || handover_->folder() != folder) return std::nullopt;
  auto found = handover_->look(now);
  if (!found) end_handover();
  return found;
}

void SpoolOrphans::end_handover() {
  if (!handover_) return;
  const SpoolCounters last = handover_->end();
  {
    const std::lock_guard lock(mutex_);
    figures_.sent += last.sent;
  }
  note_lost(handover_->folder(), last.lost);
  if (last.sent != 0) {
    const std::string unread =
        last.not_closed == 0 ? "" : ", which has perhaps not read " + grouped(last.not_closed);
    tell(EventLevel::info, handover_->folder().string() + ": " + grouped(last.sent) +
                               " frames went to " + handover_->heir() + " instead" + unread);
  }
  handover_.reset();
}

void SpoolOrphans::note_lost(const std::filesystem::path& folder, const SpoolLosses& lost) {
  if (lost.total() == 0) return;
  {
    const std::lock_guard lock(mutex_);
    figures_.lost += lost.total();
  }
  tell(EventLevel::warning, folder.string() + ": " + grouped(lost.total()) +
                                " frames of a collector that is not there any more are lost, " +
                                grouped(lost.age) + " of them for their age");
}

void SpoolOrphans::tell_of(const std::vector<std::string>& found) {
  if (found.empty()) return;
  std::string all;
  for (std::size_t i = 0; i < std::min(found.size(), told_at_once); ++i) {
    all.append(all.empty() ? "" : ", ").append(found[i]);
  }
  if (found.size() > told_at_once) {
    all += " and " + std::to_string(found.size() - told_at_once) + " more";
  }
  tell(EventLevel::warning, "spools of collectors that are not there any more: " + all);
}

OrphanFigures SpoolOrphans::figures() const {
  const std::lock_guard lock(mutex_);
  return figures_;
}

}  // namespace heptap
