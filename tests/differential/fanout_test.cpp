// One worker against several that share each capture by the kernel's program: they find the same.
#include <pcap/pcap.h>

#include <catch2/catch.hpp>
#include <memory>
#include <vector>

#include "agent/capture/fanout_program.hpp"
#include "agent/capture/file_source.hpp"
#include "proto/net/link.hpp"
#include "tests/differential/found.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

struct Sharing {
  Found found;
  std::vector<std::uint64_t> messages;  // of each worker
};

/// The program reads Ethernet; all frames of another link layer go to one worker.
std::size_t worker_of(const RawFrame& frame, const std::vector<bpf_insn>& program) {
  if (frame.link_type != link_type::ethernet) return 0;
  const auto captured = static_cast<unsigned>(frame.bytes.size());
  return bpf_filter(program.data(), frame.bytes.data(), frame.wire_bytes, captured);
}

Sharing shared_among(const fs::path& file, std::uint32_t members) {
  CallTable calls({.max_entries = 100'000});
  PipelineOptions options;
  options.any_port = true;
  std::vector<std::unique_ptr<Pipeline>> workers;
  for (std::uint32_t i = 0; i < members; ++i) {
    workers.push_back(std::make_unique<Pipeline>(options, calls, nullptr));
  }
  const auto program = fanout_program(FanoutView::ethernet, members);
  CaptureFile capture = CaptureFile::open(file.string());
  RawFrame frame;
  while (capture.next(frame) == ReadState::frame) {
    workers.at(worker_of(frame, program))->handle(frame);
  }
  Sharing out;
  for (const auto& worker : workers) {
    worker->finish();
    for (const auto& [name, count] : found_by(*worker, calls, true)) out.found[name] += count;
    out.messages.push_back(worker->counts().parsed[Parsed::sip]);
  }
  out.found["calls"] = calls.counts().opened;
  out.found.erase("mirror copies");  // workers may each have one, and share what knows of it
  return out;
}

void judge(const std::vector<fs::path>& files, std::uint32_t members) {
  std::vector<std::uint64_t> messages(members);
  for (const fs::path& file : files) {
    CAPTURE(file.filename().string(), members);
    const Sharing shared = shared_among(file, members);
    CHECK(shared.found == shared_among(file, 1).found);
    for (std::uint32_t i = 0; i < members; ++i) messages[i] += shared.messages[i];
  }
  for (const std::uint64_t of_one : messages) CHECK(of_one > 0);
  WARN(members << " workers: " << Catch::Detail::stringify(messages) << " messages");
}

}  // namespace

TEST_CASE("workers that share the golden captures find what one finds") {
  const auto files = captures_in(fs::path(HEPTAP_SOURCE_DIR) / "tests/golden");
  CHECK(files.size() > 30);
  judge(files, GENERATE(2U, 4U));
}

TEST_CASE("workers that share real captures find what one finds") {
  const auto files = captures_in(captures_folder());
  if (files.empty()) {
    WARN("skipped: no captures in " << captures_folder() << "; set HEPTAP_CAPTURES");
    return;
  }
  judge(files, GENERATE(2U, 4U));
}
