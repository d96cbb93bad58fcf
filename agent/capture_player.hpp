#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>

#include "agent/capture/file_source.hpp"
#include "agent/pacer.hpp"
#include "agent/pipeline/pipeline.hpp"
#include "agent/replay.hpp"
#include "agent/stop_signal.hpp"

namespace heptap {

/// Plays capture files into a pipeline, at the pace and with the times that were asked for. What is wrong
/// with a file is in the log.
class CapturePlayer {
 public:
  /// outlet    where the pipeline sends; null: nowhere
  /// err       progress
  /// Everything borrowed outlives the player.
  CapturePlayer(const ReplayOptions& options, Pipeline& pipeline, Outlet* outlet,
                const StopSignal& stop, std::ostream& err)
      : options_(options),
        pipeline_(pipeline),
        outlet_(outlet),
        stop_(stop),
        err_(err),
        pacer_(options.speed) {}

  /// Returns at the end of the file, where it is damaged, or when a signal came.
  void play(const std::string& path);

  // Of all files so far.
  /// gives     whether one contradicts itself, or ends in the middle of a packet
  [[nodiscard]] bool has_damage() const noexcept { return damaged_; }
  /// gives     whether one could not be opened
  [[nodiscard]] bool lacks_file() const noexcept { return unavailable_; }
  /// gives     packets that were left out
  [[nodiscard]] std::uint64_t bad_packets() const noexcept { return bad_packets_; }

 private:
  void warn_stopped(const std::string& path, std::uint64_t offset);
  [[nodiscard]] InputWait input_wait();
  void send_so_far();
  void wait_until_due(const RawFrame& frame);
  void shift_to_now(std::int64_t first_ns);
  void note_bad_records(const std::string& path, const CaptureFile& file);
  void report_damage(const std::string& path, const Damage& damage);

  const ReplayOptions& options_;
  Pipeline& pipeline_;
  Outlet* const outlet_;
  const StopSignal& stop_;
  std::ostream& err_;
  Pacer pacer_;
  bool shifted_ = false;
  bool damaged_ = false;
  bool unavailable_ = false;
  std::uint64_t bad_packets_ = 0;
};

}  // namespace heptap
