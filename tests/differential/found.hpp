#pragma once

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "agent/pipeline/pipeline.hpp"

namespace heptap::test {

namespace fs = std::filesystem;

/// What is looked for, by its name.
using Found = std::map<std::string, std::uint64_t>;

inline Found found_by(const Pipeline& pipeline, const CallTable& calls, bool rtp) {
  const PipelineCounts& counts = pipeline.counts();
  Found found{{"messages", counts.parsed[Parsed::sip]},
              {"incomplete messages", counts.parsed[Parsed::incomplete]},
              {"messages over limit", counts.parsed[Parsed::over_limit]},
              {"messages in streams", counts.from_streams},
              {"messages in SCTP", counts.sctp_messages},
              {"truncated messages", counts.truncated},
              {"mirror copies", counts.mirror_copies},
              {"RTCP", counts.content[Content::rtcp]},
              {"SRTCP", counts.content[Content::srtcp]},
              {"calls", calls.counts().opened}};
  if (rtp) found["RTP"] = counts.content[Content::rtp];
  return found;
}

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
