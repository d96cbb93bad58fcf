#pragma once

#include <chrono>
#include <cstdint>
#include <iosfwd>
#include <string>

namespace heptap {

/// One line on a terminal that is written over twice a second, for work that takes longer than a
/// second.
class Progress {
 public:
  /// size_bytes   of the whole work; 0: unknown
  Progress(std::ostream& out, std::string name, std::uint64_t size_bytes, bool enabled);
  /// Wipes the line.
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// done_bytes, packets   since the work began
  void update(std::uint64_t done_bytes, std::uint64_t packets) {
    if (enabled_) show_when_due(done_bytes, packets);
  }

 private:
  void show_when_due(std::uint64_t done_bytes, std::uint64_t packets);

  std::ostream& out_;
  std::string name_;
  std::uint64_t size_bytes_;
  bool enabled_;
  bool shown_ = false;
  std::chrono::nanoseconds next_;
};

}  // namespace heptap
