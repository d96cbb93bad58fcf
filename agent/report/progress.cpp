#include "agent/report/progress.hpp"

#include <ctime>
#include <ostream>

#include "agent/report/text.hpp"

namespace heptap {
namespace {
constexpr auto first_after = std::chrono::seconds(1);
constexpr auto interval = std::chrono::milliseconds(500);
constexpr auto wipe_line = "\r\x1b[K";

/// A clock of a few milliseconds that costs a few nanoseconds: it is read for each packet.
std::chrono::nanoseconds coarse_now() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
  return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}
}  // namespace

Progress::Progress(std::ostream& out, std::string name, std::uint64_t size_bytes, bool enabled)
    : out_(out),
      name_(std::move(name)),
      size_bytes_(size_bytes),
      enabled_(enabled),
      next_(coarse_now() + first_after) {}

Progress::~Progress() {
  if (shown_) out_ << wipe_line << std::flush;
}

void Progress::show_when_due(std::uint64_t done_bytes, std::uint64_t packets) {
  const auto now = coarse_now();
  if (now < next_) return;
  next_ = now + interval;
  shown_ = true;
  out_ << wipe_line << name_ << ": ";
  if (size_bytes_ != 0) out_ << done_bytes * 100 / size_bytes_ << "%, ";
  out_ << grouped(packets) << " packets" << std::flush;
}

}  // namespace heptap
