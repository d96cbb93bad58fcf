#pragma once

#include "transport/file/file_list.hpp"
#include "transport/file/file_names.hpp"
#include "transport/file/file_output.hpp"
#include "transport/file/output_file.hpp"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

struct ZSTD_CCtx_s;

namespace heptap {

/// Files in a folder, one after the other; the oldest make room.
///
/// A file is written under its own name, by whole records, and whole frames of zstd: it can be read at any
/// time, also after a crash. It is begun with the first frame for it, so that none is empty, and what its
/// age counts is the wall clock, not packets: it ends when nothing comes, too. One that is finished has been
/// synced. Names that are there already are left alone.
class RotatingFiles final : public FileOutput {
 public:
  RotatingFiles(const FileOptions& options, Warn warn);
  ~RotatingFiles() override;

  [[nodiscard]] std::error_code check() override;
  [[nodiscard]] std::error_code write(const FrameRecords& frames, Now now) override;
  void look(Now now) override;
  void close() override { end_file(); }
  [[nodiscard]] const std::string& place() const noexcept override { return place_; }
  [[nodiscard]] FileCounters counters() const noexcept override { return counters_; }

 private:
  struct Compressor {
    void operator()(ZSTD_CCtx_s* context) const noexcept;
  };

  [[nodiscard]] std::error_code begin_file(Now now);
  [[nodiscard]] std::error_code create(std::time_t begun, unsigned number);
  void end_file();
  void forget_file();
  void remove_empty();
  void encode(const FrameRecords& frames);
  [[nodiscard]] std::span<const char> compressed();
  [[nodiscard]] bool is_too_old(Now now) const noexcept;
  [[nodiscard]] bool is_full_with(std::size_t bytes) const noexcept;
  [[nodiscard]] unsigned number_for(std::time_t begun, const FileList& files) const;
  void make_room(FileList& files);
  void warn(const std::string& what, const std::error_code& error);

  const FileOptions options_;
  const Warn warn_;
  const FileNames names_;
  std::string place_;  ///< the folder, or the file
  int folder_ = -1;
  OutputFile file_;
  std::string name_;  ///< of file_
  std::chrono::steady_clock::time_point begun_;
  std::unique_ptr<FileForm> form_;  ///< of file_
  std::string text_;
  std::vector<char> packed_;
  std::span<const char> encoded_;  ///< for file_, in one of the two
  bool is_encoded_ = false;        ///< frames that could not be written yet are
  std::unique_ptr<ZSTD_CCtx_s, Compressor> zstd_;
  FileCounters counters_;
  std::string warned_;  ///< of it somebody was
};

}  // namespace heptap
