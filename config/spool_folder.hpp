#pragma once

#include <filesystem>
#include <string_view>

#include "config/settings.hpp"

namespace heptap {

inline constexpr std::size_t max_folder_name = 255;  ///< bytes, of Linux's file systems

/// gives     the folder of a collector: its name, with all but letters, digits, '.', '_' and '-' as %XX,
///           so that no two names share one and none leads out of the directory
[[nodiscard]] std::filesystem::path spool_folder(const SpoolSettings& spool,
                                                 std::string_view collector);
/// gives     the folder beside it of another collector
[[nodiscard]] std::filesystem::path spool_folder_beside(const std::filesystem::path& folder,
                                                        std::string_view collector);

}  // namespace heptap
