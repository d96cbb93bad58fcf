#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "config/values.hpp"

namespace heptap {

/// gives     nothing when `path` is a regular file that we may read; else why not
[[nodiscard]] std::optional<ValueProblem> check_file(const std::filesystem::path& path);

/// The same for a private key: a warning when every user of the machine can read it.
[[nodiscard]] std::optional<ValueProblem> check_key_file(const std::filesystem::path& path);

/// gives     nothing when `path` is a directory that we may write, or can be made; an error when there
///           is something else; a warning when we may not write there: another user perhaps may
[[nodiscard]] std::optional<ValueProblem> check_directory(const std::filesystem::path& path);

/// gives     nothing when files can be made beside `path`, or it is a pipe or a device that can be written;
///           an error when it is a directory; else a warning: who runs it may be another user, and a
///           folder may come later
[[nodiscard]] std::optional<ValueProblem> check_output_file(const std::filesystem::path& path);

/// gives     whether both lead to one place, spelled alike or not, which need not be there
[[nodiscard]] bool is_same_place(const std::filesystem::path& one,
                                 const std::filesystem::path& other);

/// Reads a secret for a HEP text chunk: the content of the file without one last line end.
/// gives     an error, with `secret` untouched, when the file cannot be read, is empty, has more
///           than `max_bytes`, or has bytes a text chunk must not carry ('"', '\', control
///           characters, anything that is not UTF-8: collectors lose whole batches over them);
///           a warning when every user of the machine can read the file. Never the secret itself.
[[nodiscard]] std::optional<ValueProblem> read_secret(const std::filesystem::path& path,
                                                      std::uint64_t max_bytes, std::string& secret);

/// Reads a script: the content of the file as it is.
/// gives     an error, with `script` untouched, when the file cannot be read, is empty, or has more
///           than `max_bytes`
[[nodiscard]] std::optional<ValueProblem> read_script(const std::filesystem::path& path,
                                                      std::uint64_t max_bytes, std::string& script);

}  // namespace heptap
