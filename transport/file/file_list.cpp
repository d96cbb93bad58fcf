#include "transport/file/file_list.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <memory>

namespace heptap {
namespace {

struct CloseFolder {
  void operator()(DIR* folder) const noexcept { ::closedir(folder); }
};

std::unique_ptr<DIR, CloseFolder> open_again(int folder) noexcept {
  const int descriptor = ::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR* const opened = descriptor < 0 ? nullptr : ::fdopendir(descriptor);
  if (opened == nullptr && descriptor >= 0) ::close(descriptor);
  return std::unique_ptr<DIR, CloseFolder>(opened);
}

}  // namespace

FileList::FileList(int folder, const FileNames& names) {
  const auto entries = open_again(folder);
  while (const dirent* const entry = entries ? ::readdir(entries.get()) : nullptr) {
    const std::string name = entry->d_name;
    const auto age = names.age_of(name);
    struct stat status {};
    const bool is_file = age &&
                         ::fstatat(folder, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0 &&
                         S_ISREG(status.st_mode);
    if (!is_file) continue;
    const auto size = static_cast<std::uint64_t>(status.st_size);
    files_.push_back({*age, name, size});
    bytes_ += size;
  }
  std::sort(files_.begin(), files_.end(),
            [](const File& one, const File& other) { return one.age < other.age; });
}

unsigned FileList::next_number(FileNames::Age time) const noexcept {
  time.back() = FileNames::max_number + 1;
  const auto behind =
      std::upper_bound(files_.begin(), files_.end(), time,
                       [](const FileNames::Age& age, const File& one) { return age < one.age; });
  if (behind == files_.begin()) return 0;
  const FileNames::Age& last = std::prev(behind)->age;
  const bool is_same_time = std::equal(last.begin(), std::prev(last.end()), time.begin());
  return is_same_time ? last.back() + 1 : 0;
}

std::error_code FileList::remove_oldest(int folder) {
  const File oldest = std::move(files_.front());
  files_.pop_front();
  bytes_ -= oldest.bytes;
  const bool is_gone = ::unlinkat(folder, oldest.name.c_str(), 0) == 0 || errno == ENOENT;
  return is_gone ? std::error_code() : std::error_code(errno, std::generic_category());
}

}  // namespace heptap
