#pragma once

#include "transport/file/file_output.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace heptap {

/// gives     1 of "-", N of "/dev/fd/N"; nothing: it is another path
[[nodiscard]] std::optional<int> descriptor_of(std::string_view path) noexcept;

/// Standard output, another descriptor that is open, a named pipe, or a device. A reader that is slow holds up write() until cancel(); one
/// that comes anew has whole records from the first on.
class StreamOutput final : public FileOutput {
 public:
  /// errors    std::system_error: the process has no file descriptor left
  explicit StreamOutput(const FileOptions& options);
  ~StreamOutput() override;

  [[nodiscard]] std::error_code check() override;
  /// errors    operation_canceled after cancel()
  [[nodiscard]] std::error_code write(const FrameRecords& frames, Now now) override;
  void look(Now) override {}
  void close() override {}
  void cancel() noexcept override;
  [[nodiscard]] const std::string& place() const noexcept override { return place_; }
  [[nodiscard]] FileCounters counters() const noexcept override { return {}; }

 private:
  [[nodiscard]] int open() const noexcept;
  [[nodiscard]] std::error_code wait_for_room() const noexcept;
  [[nodiscard]] std::error_code write_rest() noexcept;
  void hang_up() noexcept;

  const FileOptions options_;
  const std::optional<int> given_;  ///< a descriptor of others
  const bool is_standard_;
  const std::string place_;
  int canceled_;  ///< an eventfd
  int descriptor_ = -1;
  bool is_regular_ = false;  ///< a descriptor of others that is a file
  std::unique_ptr<FileForm> form_;
  std::string text_;
  bool is_encoded_ = false;  ///< frames that could not be written yet are
  std::size_t done_ = 0;     ///< of text_
};

}  // namespace heptap
