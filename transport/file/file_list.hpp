#pragma once

#include "transport/file/file_names.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <system_error>

namespace heptap {

/// The files of a collector that are in its folder now, the oldest first.
class FileList {
 public:
  /// folder    a descriptor
  FileList(int folder, const FileNames& names);

  [[nodiscard]] std::size_t count() const noexcept { return files_.size(); }
  [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }
  /// gives     the number with which a file of this time comes behind all others of it
  [[nodiscard]] unsigned next_number(FileNames::Age time) const noexcept;
  /// Of a list that is not empty. It leaves the list also when it cannot be removed.
  std::error_code remove_oldest(int folder);

 private:
  struct File {
    FileNames::Age age;
    std::string name;
    std::uint64_t bytes = 0;
  };
  std::deque<File> files_;
  std::uint64_t bytes_ = 0;
};

}  // namespace heptap
