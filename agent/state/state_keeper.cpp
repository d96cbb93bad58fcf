#include "agent/state/state_keeper.hpp"

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>

#include "agent/report/text.hpp"

namespace heptap {
namespace {

const std::string file_name = "calls.state";
const std::string new_name = "calls.state.new";
const std::string bad_name = "calls.state.bad";

std::error_code last_error() noexcept { return {errno, std::generic_category()}; }

std::string describe(const SavedCounts& counts) {
  return grouped(counts.calls) + " calls, " + grouped(counts.media) + " with media, " +
         grouped(counts.tracked) + " followed, " + grouped(counts.verdicts) +
         " with a verdict of the plan";
}

}  // namespace

void StateKeeper::complain(const std::string& what, const std::error_code& error) const {
  const bool is_refused = error == std::errc::permission_denied;
  spdlog::error("state: {}: {}: {}{}", path_.string(), what, error.message(),
                is_refused
                    ? ", the user that heptap runs as, security.user, has to be able to write there"
                    : "");
}

void StateKeeper::open() {
  if (path_.empty()) return;
  std::error_code error;
  std::filesystem::create_directories(path_, error);
  SpoolFile folder;
  if (!error) error = folder.open(AT_FDCWD, path_.string(), O_RDONLY | O_DIRECTORY);
  if (!error) error = lock_.open(folder.descriptor(), "lock", O_RDWR | O_CREAT);
  if (!error && ::flock(lock_.descriptor(), LOCK_EX | LOCK_NB) != 0) {
    error = std::make_error_code(std::errc::device_or_resource_busy);
  }
  if (error == std::errc::device_or_resource_busy) {
    return spdlog::error(
        "state: {}: another heptap uses it, calls are not kept over a restart; give each its own "
        "state.directory",
        path_.string());
  }
  if (error) return complain("calls are not kept over a restart", error);
  folder_ = std::move(folder);
}

// Not waiting: a pipe in the place of the file has nothing to read.
void StateKeeper::restore(const SavedTables& tables, std::int64_t now_us) {
  if (!folder_.is_open()) return;
  SpoolFile file;
  const std::error_code error = file.open(folder_.descriptor(), file_name, O_RDONLY | O_NONBLOCK);
  if (error == std::errc::no_such_file_or_directory) return;
  if (error) return complain("the state of calls cannot be read", error);
  use(file, tables, now_us);
}

// Twice: nothing is believed before all of it was seen to be whole.
void StateKeeper::use(SpoolFile& file, const SavedTables& tables, std::int64_t now_us) {
  StateVisitor nobody;
  switch (read_state(file, nobody)) {
    case StateFault::none: break;
    case StateFault::other_version: return put_aside("of another version");
    case StateFault::damaged: return put_aside("damaged");
  }
  if (::unlinkat(folder_.descriptor(), file_name.c_str(), 0) != 0) {
    return complain("the state of calls is not used, it cannot be removed", last_error());
  }
  folder_.sync();
  TableRestorer restorer(tables, now_us);
  static_cast<void>(read_state(file, restorer));
  const SavedCounts counts = restorer.counts();
  spdlog::info("state: {} go on; {} are too old or kept otherwise now", describe(counts),
               grouped(counts.left_out));
  if (restorer.is_of_other_plan()) {
    spdlog::info("state: the plan is another one, which is asked about these calls anew");
  }
}

void StateKeeper::put_aside(const std::string& why) {
  const int folder = folder_.descriptor();
  const bool is_moved = ::renameat(folder, file_name.c_str(), folder, bad_name.c_str()) == 0;
  spdlog::warn("state: {} is {}, nothing of it is used{}", (path_ / file_name).string(), why,
               is_moved ? "; it is kept as " + bad_name : "");
}

bool StateKeeper::save(const SavedTables& tables, std::int64_t now_us) {
  if (!folder_.is_open()) return false;
  SavedCounts counts;
  if (const std::error_code error = write(tables, now_us, counts)) {
    ::unlinkat(folder_.descriptor(), new_name.c_str(), 0);
    complain("the state of calls is not kept", error);
    return false;
  }
  spdlog::info("state: {} are kept for the next start", describe(counts));
  if (counts.left_out != 0) spdlog::warn("state: {} are not", grouped(counts.left_out));
  return true;
}

std::error_code StateKeeper::write(const SavedTables& tables, std::int64_t now_us,
                                   SavedCounts& counts) {
  SpoolFile file;
  const int folder = folder_.descriptor();
  std::error_code error = file.open(folder, new_name, O_WRONLY | O_CREAT | O_TRUNC);
  if (error) return error;
  StateFileWriter writer(file);
  counts = save_tables(tables, writer, now_us);
  if (error = writer.finish(); error) return error;
  if (::renameat(folder, new_name.c_str(), folder, file_name.c_str()) != 0) return last_error();
  return folder_.sync();
}

}  // namespace heptap
