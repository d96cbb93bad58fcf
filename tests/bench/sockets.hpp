#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "config/url.hpp"

namespace heptap::bench {

/// Throws std::system_error with errno's words behind `what`.
[[noreturn]] void fail(const std::string& what);

/// Owns a file descriptor.
class Socket {
 public:
  Socket() = default;
  explicit Socket(int fd) noexcept : fd_(fd) {}
  Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Socket& operator=(Socket&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  ~Socket();

  [[nodiscard]] int fd() const noexcept { return fd_; }

 private:
  int fd_ = -1;
};

/// errors    std::runtime_error
[[nodiscard]] CollectorUrl parse_url(const std::string& text);

/// gives     a blocking socket, connected; TLS is the caller's business
/// errors    std::runtime_error
[[nodiscard]] Socket connect_to(const CollectorUrl& url);

/// gives     a socket that does not block, bound and, for streams, listening
/// errors    std::runtime_error
[[nodiscard]] Socket listen_on(const CollectorUrl& url);

/// gives     the port a socket is bound to
[[nodiscard]] std::uint16_t bound_port(const Socket& socket);

}  // namespace heptap::bench
