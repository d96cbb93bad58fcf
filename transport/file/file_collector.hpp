#pragma once

#include "transport/collector.hpp"
#include "transport/file/file_output.hpp"
#include "transport/frame_writer.hpp"

#include <cstdint>
#include <memory>

namespace heptap {

/// A collector that is files, or standard output, on this machine. Frames leave the ring for the thread
/// that writes them, and are in doubt until it has. While they cannot be written it keeps what it has, and
/// tries again; what then waits in the ring for too long is lost, when its producers do not wait. A disk that
/// hangs holds up nobody but that thread, which is left behind.
class FileCollector final : public Collector {
 public:
  /// options   with a file
  FileCollector(CollectorHost& host, CollectorPlace place, CollectorOptions options);
  FileCollector(const FileCollector&) = delete;
  FileCollector& operator=(const FileCollector&) = delete;
  ~FileCollector() override;

  void make_threads() override;

 private:
  void connect() override;
  void disconnect() override {}
  void write_due() override;
  void wait_while_down() override;
  [[nodiscard]] bool end_threads() override;
  void leave_threads() override;
  void drop_doubts() override;
  void take_back() noexcept override {}  // a frame in doubt is not in the ring any more
  [[nodiscard]] bool look_for_progress() override { return false; }  // on_change() has noticed
  [[nodiscard]] bool has_outstanding() const override { return cursor_.counters().held() > 0; }
  [[nodiscard]] bool is_proven() const override { return !was_refused_; }
  [[nodiscard]] std::optional<FileCounters> files() const override { return files_; }

  void make_writer();
  void on_change();
  void follow(const WriterProgress& now);
  void fail(const WriterProgress& now);
  void settle(const WriterProgress& now);
  bool put_some();

  std::uint64_t settled_ = 0;  ///< frames that left doubt
  bool was_refused_ = false;   ///< and nothing has been written since
  FileCounters files_;
  FileOutput* output_ = nullptr;  ///< the writer's, as long as that is there
  Epoch writer_epoch_;
  std::unique_ptr<FrameWriter> writer_;
};

}  // namespace heptap
