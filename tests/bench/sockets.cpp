#include "tests/bench/sockets.hpp"

#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>
#include <stdexcept>
#include <system_error>

namespace heptap::bench {
namespace {

using Address = std::unique_ptr<addrinfo, void (*)(addrinfo*)>;

Address resolve(const CollectorUrl& url) {
  addrinfo hints{};
  hints.ai_socktype = url.carrier == CollectorCarrier::udp ? SOCK_DGRAM : SOCK_STREAM;
  addrinfo* found = nullptr;
  const std::string port = std::to_string(url.port);
  if (const int error = getaddrinfo(url.host.c_str(), port.c_str(), &hints, &found)) {
    throw std::runtime_error(url.host + ": " + gai_strerror(error));
  }
  return {found, freeaddrinfo};
}

}  // namespace

void fail(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

CollectorUrl parse_url(const std::string& text) {
  CollectorUrl url;
  const std::string fault = parse_listen_url(text, url);
  if (!fault.empty()) throw std::runtime_error("\"" + text + "\" " + fault);
  return url;
}

Socket::~Socket() {
  if (fd_ >= 0) close(fd_);
}

Socket connect_to(const CollectorUrl& url) {
  const Address to = resolve(url);
  Socket made(socket(to->ai_family, to->ai_socktype | SOCK_CLOEXEC, to->ai_protocol));
  if (made.fd() < 0 || connect(made.fd(), to->ai_addr, to->ai_addrlen) != 0) {
    fail(to_string(url));
  }
  return made;
}

Socket listen_on(const CollectorUrl& url) {
  const Address at = resolve(url);
  const int type = at->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK;
  Socket made(socket(at->ai_family, type, at->ai_protocol));
  const int on = 1;
  if (made.fd() < 0 || setsockopt(made.fd(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
      bind(made.fd(), at->ai_addr, at->ai_addrlen) != 0 ||
      (at->ai_socktype == SOCK_STREAM && listen(made.fd(), SOMAXCONN) != 0)) {
    fail(to_string(url));
  }
  return made;
}

std::uint16_t bound_port(const Socket& socket) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  std::array<char, NI_MAXSERV> port{};
  auto* const generic = reinterpret_cast<sockaddr*>(&address);  // NOLINT: sockets are made so
  if (getsockname(socket.fd(), generic, &size) != 0 ||
      getnameinfo(generic, size, nullptr, 0, port.data(), port.size(), NI_NUMERICSERV) != 0) {
    fail("getsockname");
  }
  return static_cast<std::uint16_t>(std::stoul(port.data()));
}

}  // namespace heptap::bench
