#pragma once

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

namespace heptap::test {

namespace fs = std::filesystem;

inline std::vector<fs::path> captures_in(const fs::path& folder) {
  std::vector<fs::path> out;
  if (!fs::is_directory(folder)) return out;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    const bool is_capture = name.ends_with(".cap") || name.find(".pcap") != std::string::npos;
    if (is_capture) out.push_back(entry.path());
  }
  std::sort(out.begin(), out.end());
  return out;
}

inline fs::path captures_folder() {
  const char* const chosen = std::getenv("HEPTAP_CAPTURES");
  return chosen != nullptr ? chosen : HEPTAP_CAPTURES_DEFAULT;
}

}  // namespace heptap::test
