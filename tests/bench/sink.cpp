// Counts HEP frames as fast as they come. Nothing here blocks but await(), and SIGTERM gets through
// only there, when there is nothing to read: so what has arrived before it is always counted.
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>

#include <CLI/CLI.hpp>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <iostream>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "tests/bench/frame_walker.hpp"
#include "tests/bench/sockets.hpp"
#include "tests/support/program.hpp"
#include "transport/tls.hpp"

namespace heptap::bench {
namespace {

constexpr std::size_t read_bytes = 256 * 1024;
constexpr std::size_t datagrams_per_call = 256;
constexpr int receive_buffer_bytes = 64 << 20;
constexpr std::chrono::milliseconds nap{1};

volatile std::sig_atomic_t terminated = 0;

void take_signals() {
  struct sigaction action {};
  action.sa_handler = [](int) { terminated = 1; };
  sigaction(SIGTERM, &action, nullptr);
  action.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &action, nullptr);
  sigset_t blocked;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGTERM);
  sigprocmask(SIG_BLOCK, &blocked, nullptr);
}

/// Waits until there is something to read.
/// gives     false when it is time to end
bool await(const Socket& socket) {
  sigset_t none;
  sigemptyset(&none);
  pollfd look{socket.fd(), POLLIN, 0};
  while (terminated == 0) {
    if (ppoll(&look, 1, nullptr, &none) > 0) return true;
  }
  return false;
}

/// Frames, and for how long they came.
struct Received : FrameCounts {
  using Clock = std::chrono::steady_clock;

  void note_time() noexcept {
    last = Clock::now();
    if (first == Clock::time_point()) first = last;
  }
  [[nodiscard]] double seconds() const noexcept {
    return std::chrono::duration<double>(last - first).count();
  }

  Clock::time_point first;
  Clock::time_point last;
};

enum class Got : std::uint8_t { bytes, nothing_yet, end };

class PlainStream {
 public:
  explicit PlainStream(const Socket& socket) : socket_(socket) {}

  Got read(std::span<std::uint8_t> into, std::size_t& size) {
    const auto count = recv(socket_.fd(), into.data(), into.size(), 0);
    size = static_cast<std::size_t>(std::max<ssize_t>(count, 0));
    if (count > 0) return Got::bytes;
    return count < 0 && errno == EAGAIN ? Got::nothing_yet : Got::end;
  }

 private:
  const Socket& socket_;
};

class TlsStream {
 public:
  TlsStream(SSL_CTX& context, const Socket& socket) : ssl_(SSL_new(&context), SSL_free) {
    if (!ssl_ || SSL_set_fd(ssl_.get(), socket.fd()) != 1) throw std::runtime_error("no TLS");
    SSL_set_accept_state(ssl_.get());
  }

  Got read(std::span<std::uint8_t> into, std::size_t& size) {
    ERR_clear_error();
    const int result = SSL_read_ex(ssl_.get(), into.data(), into.size(), &size);
    if (result == 1) return Got::bytes;
    const int error = SSL_get_error(ssl_.get(), result);
    return error == SSL_ERROR_WANT_READ ? Got::nothing_yet : Got::end;
  }

 private:
  std::unique_ptr<SSL, void (*)(SSL*)> ssl_;
};

template <class Stream>
void count_stream(const Socket& socket, Stream stream, Received& received) {
  static std::vector<std::uint8_t> buffer(read_bytes);
  FrameWalker walker(received);
  while (true) {
    std::size_t size = 0;
    const Got got = stream.read(buffer, size);
    if (got == Got::bytes) {
      received.note_time();
      if (!walker.take({buffer.data(), size})) return;
    } else if (got == Got::end || !await(socket)) {
      return walker.end();
    }
  }
}

void count_streams(const Socket& listener, SSL_CTX* context, bool once, Received& received) {
  while (await(listener)) {
    const Socket peer(accept4(listener.fd(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (peer.fd() < 0) continue;
    if (context != nullptr) {
      count_stream(peer, TlsStream(*context, peer), received);
    } else {
      count_stream(peer, PlainStream(peer), received);
    }
    if (once) return;
  }
}

void enlarge_receive_buffer(const Socket& socket) {
  const auto size = receive_buffer_bytes;
  if (setsockopt(socket.fd(), SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size) == 0) return;
  setsockopt(socket.fd(), SOL_SOCKET, SO_RCVBUF, &size, sizeof size);  // as far as rmem_max goes
}

/// Reads the start of each datagram; the kernel tells how long it was.
void count_datagrams(const Socket& socket, Received& received) {
  enlarge_receive_buffer(socket);
  std::array<std::array<std::uint8_t, frame_start_bytes>, datagrams_per_call> starts;
  std::array<iovec, datagrams_per_call> places;
  std::array<mmsghdr, datagrams_per_call> messages{};
  for (std::size_t i = 0; i < datagrams_per_call; ++i) {
    places[i] = {starts[i].data(), starts[i].size()};
    messages[i].msg_hdr.msg_iov = &places[i];
    messages[i].msg_hdr.msg_iovlen = 1;
  }
  while (true) {
    const int count = recvmmsg(socket.fd(), messages.data(), messages.size(), MSG_TRUNC, nullptr);
    if (count <= 0) {
      if (!await(socket)) return;
      std::this_thread::sleep_for(nap);
      continue;
    }
    received.note_time();
    for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
      const std::size_t size = messages[i].msg_len;
      const bool whole = size >= frame_start_bytes && frame_length(starts[i]) == size;
      ++(whole ? received.frames : received.broken);
      received.bytes += size;
    }
  }
}

Received count(CollectorUrl url, const TlsServerOptions& tls, bool once) {
  SslContext context;
  if (url.carrier == CollectorCarrier::tls) context = make_server_context(tls);
  const Socket socket = listen_on(url);
  url.port = bound_port(socket);
  std::cerr << "listening on " << to_string(url) << std::endl;

  Received received;
  if (url.carrier == CollectorCarrier::udp) {
    count_datagrams(socket, received);
  } else {
    count_streams(socket, context.get(), once, received);
  }
  return received;
}

int run(int argc, char** argv) {
  CLI::App app("Counts HEP frames until SIGTERM; prints the counts as JSON.");
  std::string url;
  bool once = false;
  TlsServerOptions tls;
  app.add_option("--listen", url, "udp://, tcp:// or tls://HOST:PORT; port 0 is any")->required();
  app.add_option("--cert", tls.certificate_file, "PEM, for TLS");
  app.add_option("--key", tls.key_file, "PEM, for TLS");
  app.add_flag("--once", once, "end with the first connection");
  CLI11_PARSE(app, argc, argv);
  take_signals();
  const CollectorUrl at = parse_url(url);
  if (once && at.carrier == CollectorCarrier::udp) throw std::runtime_error("UDP has no end");
  const Received received = count(at, tls, once);
  std::cout << "{\"frames\":" << received.frames << ",\"bytes\":" << received.bytes
            << ",\"broken\":" << received.broken << ",\"seconds\":" << received.seconds() << "}"
            << std::endl;
  return received.broken == 0 ? 0 : 1;
}

}  // namespace
}  // namespace heptap::bench

int main(int argc, char** argv) {
  return heptap::test::run_program(argc, argv, heptap::bench::run);
}
