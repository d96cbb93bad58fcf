#include "agent/worker_plan.hpp"

#include <algorithm>
#include <memory>

namespace heptap {
namespace {

PipelineOptions share_of(PipelineOptions all, std::size_t workers) {
  const std::size_t least = all.streams.max_stream_bytes;
  const auto part = [&](std::size_t bytes) { return std::max(bytes / workers, least); };
  all.fragments.max_bytes = part(all.fragments.max_bytes);
  all.fragments.max_datagrams /= workers;
  all.streams.max_bytes = part(all.streams.max_bytes);
  all.streams.max_streams /= workers;
  all.sctp.max_bytes = part(all.sctp.max_bytes);
  return all;
}

}  // namespace

std::vector<WorkerOptions> plan_workers(const RunOptions& options) {
  std::size_t count = 0;
  for (const InterfaceOptions& one : options.interfaces) count += one.threads;
  std::vector<WorkerOptions> workers;
  for (const InterfaceOptions& one : options.interfaces) {
    const std::string& name = one.live.interface;
    const auto fanout = one.threads > 1 ? std::make_shared<FanoutGroup>(name) : nullptr;
    for (unsigned index = 0; index < one.threads; ++index) {
      WorkerOptions& worker = workers.emplace_back();
      worker.index = index;
      worker.interface = one.live;
      worker.interface.fanout = fanout;
      if (fanout) worker.interface.label = name + '/' + std::to_string(index);
      worker.pipeline = share_of(options.pipeline, count);
      worker.pipeline.interface = name;
      worker.identity = options.identity;
    }
  }
  return workers;
}

}  // namespace heptap
