#include "transport/intake.hpp"

#include <stdexcept>

namespace heptap {
namespace {

RingSnapshot snapshot_of(const FrameRing& ring, std::uint64_t head) {
  RingSnapshot out{.entered = head,
                   .moved = ring.tail(),
                   .held = head - ring.tail(),
                   .capacity_bytes = ring.size_bytes(),
                   .capacity_frames = ring.slot_count()};
  if (out.held == 0) return out;
  const FrameSlot& newest = ring.slot(head - 1);
  out.bytes = newest.position + newest.size - ring.slot(out.moved).position;
  return out;
}

}  // namespace

Intake::Intake(std::size_t ring_bytes, std::size_t rings) {
  if (rings == 0) throw std::runtime_error("a transport needs a ring");
  std::vector<FrameRing*> all;
  for (std::size_t i = 0; i < rings; ++i) {
    inputs_.push_back(std::make_unique<FrameRing>(ring_bytes));
    all.push_back(inputs_.back().get());
  }
  if (rings > 1) merger_.emplace(all, ring_bytes);
}

void Intake::fault_in() noexcept {
  for (const auto& ring : inputs_) ring->fault_in();
  if (merger_) merger_->fault_in();
}

void Intake::flush_only() noexcept {
  if (!merger_) inputs_.front()->flush();
}

void Intake::close() noexcept {
  for (const auto& ring : inputs_) ring->close();
}

void Intake::fetch() noexcept {
  if (merger_) merger_->move();
}

bool Intake::reached(std::uint64_t position, std::uint64_t seen_flush_mark) const noexcept {
  return !merger_ || output().published_bytes() >= position ||
         output().flush_mark() != seen_flush_mark;
}

void Intake::release_until(std::uint64_t sequence, bool may_wait) noexcept {
  if (merger_) return merger_->release_until(sequence, may_wait);
  inputs_.front()->release_until(sequence);
  if (!may_wait) inputs_.front()->nudge_producer();
}

bool Intake::sleep_until(std::uint64_t position, std::uint64_t seen_flush_mark) noexcept {
  return merger_ ? merger_->sleep_until(position, seen_flush_mark)
                 : inputs_.front()->sleep_until(position, seen_flush_mark);
}

std::vector<RingSnapshot> Intake::snapshot(std::uint64_t head) const {
  std::vector<RingSnapshot> out;
  for (const auto& ring : inputs_) {
    RingSnapshot& one = out.emplace_back(snapshot_of(*ring, merger_ ? ring->head() : head));
    one.passed = merger_ ? one.moved : one.entered;
  }
  return out;
}

}  // namespace heptap
