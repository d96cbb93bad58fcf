#include "agent/pipeline/frame_intake.hpp"

namespace heptap {
namespace {

std::string_view name_of(hep::Fault fault) noexcept {
  switch (fault) {
    case hep::Fault::magic: return "magic";
    case hep::Fault::version: return "version";
    case hep::Fault::total_length: return "total_length";
    case hep::Fault::chunk_length: return "chunk_length";
    case hep::Fault::chunk_size: return "chunk_size";
    case hep::Fault::ip_family: return "ip_family";
    case hep::Fault::no_address: return "no_address";
    case hep::Fault::no_time: return "no_time";
    case hep::Fault::time_micros: return "time_micros";
    case hep::Fault::no_payload_type: return "no_payload_type";
    case hep::Fault::no_payload: return "no_payload";
    case hep::Fault::none:
    case hep::Fault::count_: break;
  }
  return "?";
}

}  // namespace

void FrameIntake::take_datagram(const Peer& peer, Bytes datagram) {
  full() ? void(++after_count_) : take(peer, datagram);
}

std::optional<std::size_t> FrameIntake::take_stream(const Peer& peer, Bytes buffered) {
  std::size_t taken = 0;
  while (taken < buffered.size() && !full()) {
    const auto size = hep::frame_hep(buffered.subspan(taken));
    if (!size && size.error() == Errc::incomplete) break;
    if (!size) {
      ++desynchronised_;
      on_fault_(peer, "no HEP3 frame where one must start, connection closed");
      return std::nullopt;
    }
    take(peer, buffered.subspan(taken, *size));
    taken += *size;
  }
  return taken;
}

void FrameIntake::take_rest(const Peer& peer, Bytes unconsumed) {
  if (full()) {
    for (auto size = hep::frame_hep(unconsumed); size; size = hep::frame_hep(unconsumed)) {
      unconsumed = unconsumed.subspan(*size);
      ++after_count_;
    }
    after_count_ += unconsumed.empty() ? 0U : 1U;
    return;
  }
  if (unconsumed.empty()) return;
  ++unfinished_;
  on_fault_(peer, "connection closed within a frame");
}

void FrameIntake::take(const Peer& peer, Bytes frame) {
  hep::HepView view;
  const auto fault = hep::decode(frame, view);
  ++counts_[fault];
  if (fault != hep::Fault::none) {
    on_fault_(peer, hep::describe(fault));
    return;
  }
  on_frame_(peer, view, frame);
}

LedgerStage FrameIntake::stage(std::string name) const {
  LedgerStage stage{.name = std::move(name), .entered = 0, .left = good_count()};
  for (int i = 0; i < static_cast<int>(hep::Fault::count_); ++i) {
    const auto fault = static_cast<hep::Fault>(i);
    stage.entered += counts_[fault];
    if (fault != hep::Fault::none) add_line(stage.dropped, name_of(fault), counts_[fault]);
  }
  stage.entered += desynchronised_ + unfinished_ + after_count_ + overflow_;
  add_line(stage.dropped, "desynchronised", desynchronised_);
  add_line(stage.dropped, "unfinished", unfinished_);
  add_line(stage.dropped, "after_count", after_count_);
  add_line(stage.dropped, "overflow", overflow_);
  return stage;
}

}  // namespace heptap
