#pragma once

#include <map>
#include <string>

#include "agent/pipeline/pipeline.hpp"
#include "tests/differential/captures.hpp"

namespace heptap::test {

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

}  // namespace heptap::test
