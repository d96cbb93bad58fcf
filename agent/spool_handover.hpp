#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "transport/collector_options.hpp"
#include "transport/spool/spool.hpp"

namespace heptap {

/// A folder of a spool that is sent to somebody else than it was for.
class SpoolHandover {
 public:
  using Time = SpoolStore::Clock::time_point;
  /// To connect, and for the heir to take something.
  static constexpr std::chrono::seconds patience{30};
  /// For the heir to close its end at most, when it has acknowledged all.
  static constexpr std::chrono::milliseconds close_timeout{10'000};

  /// folder    that nobody else has
  /// heir      with a spool, whose limits are those of the folder
  /// events    called on the thread that sends
  /// errors    std::system_error: there is no thread for it
  SpoolHandover(std::filesystem::path folder, CollectorOptions heir, EventSink events, Time now);

  /// gives     what is still in the folder; nothing: it is empty, or the heir takes nothing any more
  [[nodiscard]] std::optional<SpoolCounters> look(Time now);

  /// Waits until the folder is let go of, but not for ever: a disk that hangs is left behind. What was not
  /// sent stays. To be called last, and once.
  [[nodiscard]] SpoolCounters end();

  [[nodiscard]] const std::filesystem::path& folder() const noexcept { return folder_; }
  /// gives     the heir's name
  [[nodiscard]] const std::string& heir() const noexcept { return heir_; }

 private:
  std::filesystem::path folder_;
  std::string heir_;
  std::unique_ptr<Spool> spool_;
  std::uint64_t sent_ = 0;   ///< at the last look
  std::uint64_t given_ = 0;  ///< the same
  Time moved_at_;            ///< when one of them changed last
};

}  // namespace heptap
