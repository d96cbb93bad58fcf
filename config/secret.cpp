#include "config/secret.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

#include "config/text.hpp"

namespace heptap {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int number) noexcept : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  [[nodiscard]] int number() const noexcept { return number_; }

 private:
  int number_;
};

ValueProblem about(const std::filesystem::path& path, const std::string& what) {
  return {"\"" + printable(path.native()) + "\" " + what, ""};
}

ValueProblem failed(const std::filesystem::path& path, int error) {
  return about(path, "cannot be read: " + std::generic_category().message(error));
}

// O_NONBLOCK: a pipe without a writer must not hold us up before we see that it is a pipe.
int open_to_read(const std::filesystem::path& path) {
  return ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
}

std::optional<ValueProblem> check_open(const std::filesystem::path& path, const Descriptor& file,
                                       struct stat& status) {
  if (path.native().find('\0') != std::string::npos) return about(path, "is no file name");
  if (file.number() < 0) return failed(path, errno);
  if (::fstat(file.number(), &status) != 0) return failed(path, errno);
  if (!S_ISREG(status.st_mode)) return about(path, "is not a regular file");
  return std::nullopt;
}

std::optional<ValueProblem> check_private(const std::filesystem::path& path,
                                          const struct stat& status) {
  if ((status.st_mode & S_IROTH) == 0) return std::nullopt;
  auto problem = about(path, "can be read by every user");
  problem.hint = "chmod o= takes that right away";
  problem.severity = Severity::warning;
  return problem;
}

ValueProblem not_writable(const std::filesystem::path& path) {
  auto problem = about(path, "cannot be written by us");
  problem.hint = "the user that heptap runs as, security.user, has to";
  problem.severity = Severity::warning;
  return problem;
}

// May read a little more than `wanted`, so that the caller sees when there is too much.
int read_some(const Descriptor& file, std::size_t wanted, std::string& content) {
  std::array<char, 512> part{};
  while (content.size() <= wanted) {
    const ssize_t count = ::read(file.number(), part.data(), part.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno;
    if (count == 0) return 0;
    content.append(part.data(), static_cast<std::size_t>(count));
  }
  return 0;
}

std::optional<ValueProblem> check_size(const std::filesystem::path& path, std::uint64_t max_bytes,
                                       const std::string& content) {
  if (content.empty()) return about(path, "is empty");
  if (content.size() <= max_bytes) return std::nullopt;
  return about(path, "is longer than " + std::to_string(max_bytes) + " bytes");
}

/// gives     the offset of the first byte that no text of HEP may hold: controls (U+0080 to U+009F
///           are two bytes), quotes, backslashes; the text's size when there is none
std::size_t find_refused(std::string_view text) {
  std::size_t at = 0;
  for (; at < text.size(); ++at) {
    const auto c = static_cast<unsigned char>(text[at]);
    if (c < 0x20 || c == 0x7f || c == '"' || c == '\\') break;
    if (c == 0xc2 && at + 1 < text.size() && static_cast<unsigned char>(text[at + 1]) < 0xa0) break;
  }
  return at;
}

}  // namespace

std::optional<ValueProblem> check_file(const std::filesystem::path& path) {
  struct stat status {};
  return check_open(path, Descriptor{open_to_read(path)}, status);
}

std::optional<ValueProblem> check_directory(const std::filesystem::path& path) {
  if (path.native().find('\0') != std::string::npos) return about(path, "is no file name");
  std::filesystem::path there = path;
  struct stat status {};
  while (::stat(there.c_str(), &status) != 0) {
    if (errno == EACCES) return not_writable(path);
    if (errno != ENOENT)
      return about(path, "cannot be used: " + std::generic_category().message(errno));
    there = there.has_parent_path() ? there.parent_path() : ".";
  }
  if (!S_ISDIR(status.st_mode)) return about(there, "is not a directory");
  if (::access(there.c_str(), W_OK | X_OK) == 0) return std::nullopt;
  return not_writable(there);
}

std::optional<ValueProblem> check_output_file(const std::filesystem::path& path) {
  struct stat status {};
  const bool is_there = ::stat(path.c_str(), &status) == 0;
  if (is_there && S_ISDIR(status.st_mode)) return about(path, "is a directory");
  const bool is_stream = is_there && !S_ISREG(status.st_mode);
  const auto folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path{"."};
  const int fault =
      is_stream ? ::access(path.c_str(), W_OK) : ::access(folder.c_str(), W_OK | X_OK);
  if (fault == 0) return std::nullopt;
  if (errno == EACCES || errno == EROFS) return not_writable(is_stream ? path : folder);
  auto problem = about(folder, "cannot be used: " + std::generic_category().message(errno));
  problem.hint = "messages wait, or are lost, until it can";
  problem.severity = Severity::warning;
  return problem;
}

// A slash behind it makes none different from some.
bool is_same_place(const std::filesystem::path& one, const std::filesystem::path& other) {
  const auto place = [](const std::filesystem::path& path) {
    std::error_code error;
    auto resolved = std::filesystem::weakly_canonical(path / "", error);
    return (error ? path.lexically_normal() : resolved) / "";
  };
  return place(one) == place(other);
}

std::optional<ValueProblem> check_key_file(const std::filesystem::path& path) {
  struct stat status {};
  if (auto problem = check_open(path, Descriptor{open_to_read(path)}, status)) return problem;
  return check_private(path, status);
}

std::optional<ValueProblem> read_script(const std::filesystem::path& path, std::uint64_t max_bytes,
                                        std::string& script) {
  const Descriptor file{open_to_read(path)};
  struct stat status {};
  if (auto problem = check_open(path, file, status)) return problem;
  std::string content;
  if (const int error = read_some(file, max_bytes, content)) return failed(path, error);
  if (auto problem = check_size(path, max_bytes, content)) return problem;
  script = std::move(content);
  return std::nullopt;
}

std::optional<ValueProblem> read_secret(const std::filesystem::path& path, std::uint64_t max_bytes,
                                        std::string& secret) {
  const Descriptor file{open_to_read(path)};
  struct stat status {};
  if (auto problem = check_open(path, file, status)) return problem;

  std::string content;
  const std::size_t line_end = 2;
  if (const int error = read_some(file, max_bytes + line_end, content)) return failed(path, error);
  if (content.ends_with('\n')) content.pop_back();
  if (content.ends_with('\r')) content.pop_back();

  if (auto problem = check_size(path, max_bytes, content)) return problem;
  const auto bad = std::min(find_refused(content), find_bad_utf8(content).value_or(content.size()));
  if (bad != content.size()) {
    return about(path, "has a byte that HEP cannot carry, at offset " + std::to_string(bad));
  }
  secret = std::move(content);
  return check_private(path, status);
}

}  // namespace heptap
