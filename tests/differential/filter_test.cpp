// The kernel's filter against the decoder, on every capture: what is found behind the filter is what
// is found without it.
#include <pcap/pcap.h>

#include <catch2/catch.hpp>
#include <map>
#include <vector>

#include "agent/capture/file_source.hpp"
#include "agent/capture/kernel_filter.hpp"
#include "agent/pipeline/pipeline.hpp"
#include "tests/differential/found.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

struct Mode {
  const char* name;
  bool any_port;
  bool rtp;
};

PipelineOptions pipeline_options(const Mode& mode) {
  PipelineOptions options;
  options.sip_ports.add(5060, 5091);
  options.any_port = mode.any_port;
  return options;
}

/// A filter for each link layer that comes.
class Filters {
 public:
  explicit Filters(const Mode& mode) {
    const PipelineOptions pipeline = pipeline_options(mode);
    options_.sip_ports = pipeline.sip_ports;
    options_.any_port = pipeline.any_port;
    options_.rtp = mode.rtp;
  }

  bool let_through(const RawFrame& frame) {
    auto [at, is_new] = programs_.try_emplace(frame.link_type);
    if (is_new) at->second = kernel_filter(frame.link_type, options_);
    const auto captured = static_cast<unsigned>(frame.bytes.size());
    return at->second.empty() ||
           bpf_filter(at->second.data(), frame.bytes.data(), frame.wire_bytes, captured) != 0;
  }

 private:
  KernelFilterOptions options_;
  std::map<std::uint32_t, std::vector<bpf_insn>> programs_;
};

struct Reading {
  Found found;
  std::uint64_t frames = 0;
};

/// filters   nullptr: none
Reading read(const fs::path& file, const Mode& mode, Filters* filters) {
  CallTable calls({.max_entries = 100'000});
  Pipeline pipeline(pipeline_options(mode), calls, nullptr);
  CaptureFile capture = CaptureFile::open(file.string());
  RawFrame frame;
  while (capture.next(frame) == ReadState::frame) {
    if (filters == nullptr || filters->let_through(frame)) pipeline.handle(frame);
  }
  pipeline.finish();
  return {found_by(pipeline, calls, mode.rtp), pipeline.counts().frames};
}

/// gives     how many frames the filter kept away
std::uint64_t judge(const std::vector<fs::path>& files, const Mode& mode) {
  Filters filters(mode);
  std::uint64_t kept_away = 0;
  std::uint64_t messages = 0;
  for (const fs::path& file : files) {
    CAPTURE(file.filename().string(), mode.name);
    const Reading without = read(file, mode, nullptr);
    const Reading with = read(file, mode, &filters);
    CHECK(with.found == without.found);
    kept_away += without.frames - with.frames;
    messages += without.found.at("messages");
  }
  WARN(mode.name << ": " << files.size() << " captures, " << messages << " messages, " << kept_away
                 << " frames kept away");
  return kept_away;
}

Mode any_mode() {
  return GENERATE(Mode{"ports", false, false}, Mode{"ports and RTP", false, true},
                  Mode{"any port", true, false}, Mode{"any port and RTP", true, true});
}

}  // namespace

TEST_CASE("the filter loses nothing that is found in the golden captures") {
  const Mode mode = any_mode();
  const auto files = captures_in(fs::path(HEPTAP_SOURCE_DIR) / "tests/golden");
  CHECK(files.size() > 30);
  CHECK(judge(files, mode) > 0);
}

TEST_CASE("the filter loses nothing that is found in real captures") {
  const Mode mode = any_mode();
  const auto files = captures_in(captures_folder());
  if (files.empty()) {
    WARN("skipped: no captures in " << captures_folder() << "; set HEPTAP_CAPTURES");
    return;
  }
  CHECK(judge(files, mode) > 0);
}
