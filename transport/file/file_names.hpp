#pragma once

#include <array>
#include <cstdint>
#include <ctime>
#include <optional>
#include <string>
#include <string_view>

namespace heptap {

/// The names of one collector's files.
///
/// In the last part of a path, %Y %m %d %H %M %S are the time in UTC at which a file is begun, %% is a
/// percent sign. A path without any of them stands as it is for a single file; of several each has
/// -%Y%m%d-%H%M%S before its extension. Of those of one time the later ones have -1, -2... there, too.
class FileNames {
 public:
  static constexpr unsigned max_number = 9999;

  /// Says which of two files is older: year, month, day, hour, minute, second, number.
  using Age = std::array<unsigned, 7>;

  FileNames(const std::string& path, bool has_several, bool is_compressed);

  /// gives     the path of the folder, "." for none
  [[nodiscard]] const std::string& folder() const noexcept { return folder_; }
  /// number    0, or that of another try
  /// gives     a name in the folder
  [[nodiscard]] std::string name(std::time_t begun, unsigned number) const;
  /// gives     nothing for a name that is not one of these
  [[nodiscard]] std::optional<Age> age_of(std::string_view name) const noexcept;

 private:
  std::string folder_;
  std::string pattern_;    ///< without the extension
  std::string extension_;  ///< as it is, its dot included
};

}  // namespace heptap
