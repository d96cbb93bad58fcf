#include "transport/socket_calls.hpp"

#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

namespace heptap {

std::string error_text(int error) { return std::generic_category().message(error); }

bool would_block(int error) noexcept {
  return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

int pending_error(int socket) noexcept {
  int error = 0;
  socklen_t size = sizeof error;
  return ::getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

std::uint64_t unacknowledged_bytes(int socket) noexcept {
  int bytes = 0;
  if (::ioctl(socket, SIOCOUTQ, &bytes) != 0) return socket_gone;
  return static_cast<std::uint64_t>(bytes);
}

void set_keepalive(int socket, std::chrono::seconds idle) noexcept {
  constexpr int interval = 10;
  constexpr int probes = 3;
  if (idle.count() <= 0) return;
  const int seconds = static_cast<int>(idle.count());
  const auto set = [socket](int level, int option, int value) {
    ::setsockopt(socket, level, option, &value, sizeof value);
  };
  set(SOL_SOCKET, SO_KEEPALIVE, 1);
  set(IPPROTO_TCP, TCP_KEEPIDLE, seconds);
  set(IPPROTO_TCP, TCP_KEEPINTVL, interval);
  set(IPPROTO_TCP, TCP_KEEPCNT, probes);
  set(IPPROTO_TCP, TCP_USER_TIMEOUT, (seconds + interval * probes) * 1000);
}

std::string_view stranger_of(std::span<const std::uint8_t> answer) noexcept {
  const auto starts_with = [answer](std::string_view start) {
    return answer.size() >= start.size() &&
           std::equal(start.begin(), start.end(), answer.begin(), [](char want, std::uint8_t got) {
             return static_cast<std::uint8_t>(want) == got;
           });
  };
  if (starts_with("\x15\x03")) return "this port speaks TLS: use tls://";  // an alert
  if (starts_with("HTTP/")) return "this is an HTTP server";
  if (starts_with("<")) return "this is an HTTP server";  // one that takes a frame for HTTP/0.9
  return {};
}

}  // namespace heptap
