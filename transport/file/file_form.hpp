#pragma once

#include "transport/record_writer.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace heptap {

/// What frames look like in a file. Each file has one of its own, which may remember what is in it.
class FileForm {
 public:
  FileForm() = default;
  FileForm(const FileForm&) = delete;
  FileForm& operator=(const FileForm&) = delete;
  virtual ~FileForm() = default;

  /// Appends what a file begins with.
  virtual void begin(std::string& out) = 0;
  /// Appends what becomes of a frame.
  virtual void add(std::span<const std::uint8_t> frame, std::string& out) = 0;
};

/// Called on the thread that writes. A plain function, so that options can be compared.
using MakeFileForm = std::unique_ptr<FileForm> (*)();

/// Records one behind the other, and nothing else.
class PlainForm final : public FileForm {
 public:
  explicit PlainForm(RecordWriter write) noexcept : write_(write) {}

  void begin(std::string&) override {}
  void add(std::span<const std::uint8_t> frame, std::string& out) override { write_(frame, out); }

 private:
  RecordWriter write_;
};

}  // namespace heptap
