#include "transport/file/stream_output.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <climits>

namespace heptap {
namespace {

std::error_code last_error() noexcept { return {errno, std::generic_category()}; }

}  // namespace

std::optional<int> descriptor_of(std::string_view path) noexcept {
  constexpr std::string_view descriptors = "/dev/fd/";
  if (path == "-") return STDOUT_FILENO;
  if (!path.starts_with(descriptors)) return std::nullopt;
  path.remove_prefix(descriptors.size());
  int number = 0;
  const auto [end, error] = std::from_chars(path.data(), path.data() + path.size(), number);
  const bool is_whole = error == std::errc{} && end == path.data() + path.size() && number >= 0;
  return is_whole ? std::optional(number) : std::nullopt;
}

StreamOutput::StreamOutput(const FileOptions& options)
    : options_(options),
      given_(descriptor_of(options.path)),
      is_standard_(options.path == "-"),
      place_(is_standard_ ? "standard output" : options.path),
      canceled_(::eventfd(0, EFD_CLOEXEC)) {
  if (canceled_ < 0) throw std::system_error(last_error(), "eventfd");
}

StreamOutput::~StreamOutput() {
  hang_up();
  ::close(canceled_);
}

void StreamOutput::cancel() noexcept {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto size = ::write(canceled_, &one, sizeof one);
}

/// A descriptor of others is not opened anew: as a file it would be written from its beginning.
int StreamOutput::open() const noexcept {
  constexpr int flags = O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
  if (is_standard_) return *given_;
  return given_ ? ::fcntl(*given_, F_DUPFD_CLOEXEC, 0) : ::open(options_.path.c_str(), flags);
}

/// A pipe that nobody reads cannot be opened: ENXIO.
std::error_code StreamOutput::check() {
  if (descriptor_ >= 0) return {};
  descriptor_ = open();
  if (descriptor_ < 0) return last_error();
  struct stat status {};
  is_regular_ = ::fstat(descriptor_, &status) == 0 && S_ISREG(status.st_mode);
  form_ = options_.form();
  text_.clear();
  form_->begin(text_);
  is_encoded_ = false;
  return {};
}

std::error_code StreamOutput::write(const FrameRecords& frames, Now) {
  if (const auto error = check()) return error;
  if (!is_encoded_) {
    frames.for_each([this](std::span<const std::uint8_t> frame) { form_->add(frame, text_); });
    is_encoded_ = true;
    done_ = 0;
  }
  if (const auto error = write_rest()) {
    if (!is_standard_) hang_up();
    return error;
  }
  text_.clear();
  is_encoded_ = false;
  return {};
}

/// Standard output may be shared, and must not be made non-blocking: as much as a pipe has room for when it
/// has any (POSIX: PIPE_BUF) is written at a time.
std::error_code StreamOutput::write_rest() noexcept {
  while (done_ < text_.size()) {
    if (const auto error = wait_for_room()) return error;
    const std::size_t rest = text_.size() - done_;
    const std::size_t part = is_regular_ ? rest : std::min<std::size_t>(rest, PIPE_BUF);
    const auto size = ::write(descriptor_, text_.data() + done_, part);
    if (size < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (size < 0) return last_error();
    done_ += static_cast<std::size_t>(size);
  }
  return {};
}

std::error_code StreamOutput::wait_for_room() const noexcept {
  std::array<pollfd, 2> all{{{descriptor_, POLLOUT, 0}, {canceled_, POLLIN, 0}}};
  while (::poll(all.data(), all.size(), -1) < 0) {
    if (errno != EINTR) return last_error();
  }
  const bool has_room = all[0].revents != 0;  // or an error, which write() tells
  return has_room ? std::error_code() : std::make_error_code(std::errc::operation_canceled);
}

void StreamOutput::hang_up() noexcept {
  if (!is_standard_ && descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
}

}  // namespace heptap
