#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace heptap {

/// Asks the system in a process of its own that becomes the user, since groups, access control lists and
/// read-only mounts have their say. Call it while this process has one thread.
/// user      as `security.user`
/// gives     those folders that the user may not write to, or not even reach, but not those that only have to
///           be made; none when that cannot be asked: this process is not root's, or there is no such user
[[nodiscard]] std::vector<std::filesystem::path> folders_closed_to(
    const std::string& user, const std::vector<std::filesystem::path>& folders);

}  // namespace heptap
