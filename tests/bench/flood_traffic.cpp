#include "tests/bench/flood_traffic.hpp"

namespace heptap::bench {
namespace {

constexpr std::int64_t first_us = 1'700'000'000'000'000;

}  // namespace

FloodTraffic::FloodTraffic(const FloodOptions& options)
    : options_(options), hostile_(options.kind) {}

bool FloodTraffic::next(RawFrame& out) {
  const std::int64_t now_us = first_us + static_cast<std::int64_t>(hostile_count_);
  const bool is_over = hostile_count_ == options_.packet_count;
  if (frames_.has_until(now_us) || (is_over && !frames_.empty())) {
    out = frames_.next();
    return true;
  }
  if (is_over) return false;
  out = captured(now_us, hostile_.next());
  if (++hostile_count_ % options_.good_every == 0) add_good(now_us + 1);
  return true;
}

void FloodTraffic::add_good(std::int64_t time_us) {
  CallMessage message = calls_.next_message();
  message.time_us = time_us;
  good_.write(message);
  ++good_count_;
}

}  // namespace heptap::bench
