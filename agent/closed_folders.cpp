#include "agent/closed_folders.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "agent/daemon/user_folders.hpp"

namespace heptap {
namespace {

struct WrittenFolder {
  std::string option;
  std::filesystem::path folder;
};

std::vector<WrittenFolder> written_folders(const Settings& settings) {
  std::vector<WrittenFolder> all;
  const auto add = [&](std::string option, const std::filesystem::path& folder) {
    if (!folder.empty()) all.push_back({std::move(option), folder});
  };
  add("spool.directory", settings.spool.directory);
  add("state.directory", settings.state.directory);
  for (std::size_t i = 0; i < settings.collectors.size(); ++i) {
    const CollectorUrl& url = settings.collectors[i].url;
    if (!is_file(url.carrier) || url.path == "-" || is_descriptor(url.path)) continue;
    const auto folder = std::filesystem::path(url.path).parent_path();
    add("collectors[" + std::to_string(i) + "].url", folder.empty() ? "." : folder);
  }
  return all;
}

}  // namespace

std::vector<std::string> closed_folders(const Settings& settings) {
  const std::vector<WrittenFolder> written = written_folders(settings);
  std::vector<std::filesystem::path> folders;
  folders.reserve(written.size());
  for (const WrittenFolder& one : written) folders.push_back(one.folder);
  const auto closed = folders_closed_to(settings.security.user, folders);
  std::vector<std::string> faults;
  for (const WrittenFolder& one : written) {
    if (std::find(closed.begin(), closed.end(), one.folder) == closed.end()) continue;
    faults.push_back(one.option + ": \"" + one.folder.string() + "\" cannot be written by \"" +
                     settings.security.user + "\", which run becomes (security.user)");
  }
  return faults;
}

}  // namespace heptap
