#include "agent/capture_player.hpp"

#include <spdlog/spdlog.h>
#include <unistd.h>

#include <chrono>

#include "agent/report/progress.hpp"
#include "transport/wall_clock.hpp"

namespace heptap {

void CapturePlayer::play(const std::string& path) {
  try {
    CaptureFile file = CaptureFile::open(path, input_wait());
    const std::uint64_t frames_before = pipeline_.counts().frames;
    pipeline_.begin_capture();
    Progress progress(err_, path, file.size_bytes(), !options_.quiet && isatty(STDERR_FILENO) == 1);
    const bool has_pace = options_.speed != 0 || options_.time_now;
    RawFrame frame;
    ReadState state = ReadState::frame;
    while (!stop_.requested() && (state = file.next(frame)) == ReadState::frame) {
      if (has_pace) wait_until_due(frame);
      pipeline_.handle(frame);
      progress.update(file.bytes_read(), pipeline_.counts().frames - frames_before);
    }
    if (stop_.requested()) warn_stopped(path, file.bytes_read());
    note_bad_records(path, file);
    if (state == ReadState::damaged && !stop_.requested()) report_damage(path, file.damage());
  } catch (const CaptureError& error) {
    if (stop_.requested()) return warn_stopped(path, 0);
    spdlog::error(error.what());
    (error.kind() == CaptureError::Kind::unavailable ? unavailable_ : damaged_) = true;
  }
}

void CapturePlayer::warn_stopped(const std::string& path, std::uint64_t offset) {
  spdlog::warn("{}: stopped by a signal near byte {}", path, offset);
  if (outlet_ == nullptr) return;
  spdlog::warn("what was read is delivered; collectors have {} s for it",
               std::chrono::seconds(patience_after_signal).count());
}

// What came down a pipe so far must not wait for what comes next.
InputWait CapturePlayer::input_wait() {
  return {.before = [this] { send_so_far(); }, .stop_fd = stop_.fd()};
}

void CapturePlayer::send_so_far() {
  pipeline_.catch_up();
  if (outlet_ != nullptr) outlet_->flush();
}

void CapturePlayer::wait_until_due(const RawFrame& frame) {
  if (options_.time_now && !shifted_) shift_to_now(frame.time_ns);
  if (options_.speed == 0) return;  // not through an optional: copying it waits for all stores
  const auto due = pacer_.due(frame.time_ns);
  if (!due) return;
  send_so_far();
  stop_.sleep_until(*due);
}

void CapturePlayer::shift_to_now(std::int64_t first_ns) {
  pipeline_.set_time_shift(wall_time_us() - first_ns / 1000);
  shifted_ = true;
}

void CapturePlayer::note_bad_records(const std::string& path, const CaptureFile& file) {
  const BadRecords packets = file.bad_packets();
  const BadRecords interfaces = file.bad_interfaces();
  bad_packets_ += packets.count;
  damaged_ = damaged_ || packets.count + interfaces.count != 0;
  if (interfaces.count != 0) {
    spdlog::error(
        "{}: {} interface descriptions contradict themselves, the first at byte {}: "
        "times and link types of their packets may be wrong",
        path, interfaces.count, interfaces.first_offset);
  }
  if (packets.count != 0) {
    spdlog::error("{}: {} packets contradict themselves and were left out, the first at byte {}",
                  path, packets.count, packets.first_offset);
  }
}

void CapturePlayer::report_damage(const std::string& path, const Damage& damage) {
  spdlog::error("{}: {}", path, to_string(damage));
  damaged_ = true;
}

}  // namespace heptap
