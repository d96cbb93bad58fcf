#include "agent/pipeline/outlet.hpp"

#include <limits>

namespace heptap {

constexpr auto every_collector = std::numeric_limits<std::uint64_t>::max();

LedgerStage encode_stage(const OutletCounts& counts) {
  LedgerStage stage{.name = "encode", .entered = counts.entered, .left = counts.encoded};
  add_line(stage.dropped, "over_limit", counts.over_limit);
  add_line(stage.dropped, "ring_full", counts.ring_full);
  add_line(stage.dropped, "ring_closed", counts.ring_closed);
  add_line(stage.noted, "cut", counts.cut);
  add_line(stage.noted, "vendor_chunks", counts.vendor_chunks);
  return stage;
}

// encode    writes into the slot; gives the frame's size, 0 when there is none
template <class Encode>
void Outlet::put(std::size_t bound_bytes, std::int64_t time_us, Encode encode) noexcept {
  ++counts_.entered;
  auto slot = ring_.reserve(bound_bytes);
  while (slot.empty()) {
    if (when_full_ == WhenFull::drop && !ring_.closed()) return void(++counts_.ring_full);
    if (!ring_.wait_for_space(bound_bytes)) return void(++counts_.ring_closed);
    slot = ring_.reserve(bound_bytes);
  }
  const std::size_t size_bytes = encode(slot);
  if (size_bytes == 0) return void(++counts_.over_limit);
  ring_.commit(size_bytes, every_collector, time_us);
  ++counts_.encoded;
}

void Outlet::offer(const hep::Message& message) noexcept {
  put(encoder_.bound_bytes(message), message.time_us,
      [&](std::span<std::uint8_t> slot) noexcept -> std::size_t {
        const auto encoded = encoder_.encode(message, slot);
        if (!encoded) return 0;
        if (encoded->cut) ++counts_.cut;
        return encoded->size_bytes;
      });
}

void Outlet::forward(const hep::Relay& relay, const hep::HepView& view, Bytes frame,
                     std::int64_t arrival_us) noexcept {
  put(relay.bound_bytes(frame), arrival_us,
      [&](std::span<std::uint8_t> slot) noexcept -> std::size_t {
        const auto relayed = relay.encode(frame, view, slot);
        if (!relayed) return 0;
        counts_.vendor_chunks += relayed->chunks_left_out;
        return relayed->size_bytes;
      });
}

}  // namespace heptap
