#include "agent/worker_plan.hpp"

#include <catch2/catch.hpp>

using namespace heptap;

namespace {

RunOptions run_on(std::vector<InterfaceOptions> interfaces) {
  RunOptions options;
  options.interfaces = std::move(interfaces);
  options.identity.node_id = 7;
  return options;
}

}  // namespace

TEST_CASE("one thread keeps all there may be kept, and the interface's name") {
  const RunOptions options = run_on({{.live = {.interface = "eth1"}}});
  const std::vector<WorkerOptions> plan = plan_workers(options);
  REQUIRE(plan.size() == 1);
  CHECK(plan[0].interface.interface == "eth1");
  CHECK(plan[0].interface.label.empty());
  CHECK(plan[0].identity.node_id == 7);
  CHECK(plan[0].pipeline.streams.max_bytes == options.pipeline.streams.max_bytes);
  CHECK(plan[0].pipeline.fragments.max_datagrams == options.pipeline.fragments.max_datagrams);
}

TEST_CASE("threads of one interface are told apart, and memory is shared out to all") {
  const RunOptions options =
      run_on({{.live = {.interface = "eth1"}, .threads = 3}, {.live = {.interface = "eth2"}}});
  const std::vector<WorkerOptions> plan = plan_workers(options);
  REQUIRE(plan.size() == 4);
  CHECK(plan[0].interface.label == "eth1/0");
  CHECK(plan[2].interface.label == "eth1/2");
  CHECK(plan[2].index == 2);
  CHECK(plan[0].interface.fanout != nullptr);
  CHECK(plan[0].interface.fanout == plan[2].interface.fanout);
  CHECK(plan[3].interface.fanout == nullptr);
  CHECK(plan[3].interface.label.empty());
  for (const WorkerOptions& worker : plan) {
    CHECK(worker.pipeline.streams.max_bytes == options.pipeline.streams.max_bytes / 4);
    CHECK(worker.pipeline.streams.max_streams == options.pipeline.streams.max_streams / 4);
    CHECK(worker.pipeline.fragments.max_datagrams == options.pipeline.fragments.max_datagrams / 4);
  }
}

TEST_CASE("however many threads there are, each has room for a longest stream") {
  RunOptions options = run_on({{.live = {.interface = "eth1"}, .threads = 64}});
  for (const WorkerOptions& worker : plan_workers(options)) {
    const std::size_t stream = options.pipeline.streams.max_stream_bytes;
    CHECK(worker.pipeline.streams.max_bytes == stream);
    CHECK(worker.pipeline.fragments.max_bytes == stream);
    CHECK(worker.pipeline.sctp.max_bytes == stream);
  }
}
