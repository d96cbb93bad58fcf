#include "tests/unit/transport/peers.hpp"

#include "transport/wall_clock.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <catch2/catch.hpp>

#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace heptap::test {

bool has_host(const char* host) {
  namespace ip = boost::asio::ip;
  boost::asio::io_context io;
  boost::system::error_code error;
  const auto found = ip::tcp::resolver(io).resolve(host, "0", error);
  if (!error) {
    ip::tcp::socket probe(io);
    probe.open(found.begin()->endpoint().protocol(), error);
    if (!error) probe.bind(found.begin()->endpoint(), error);
  }
  if (error) WARN("skipped: " << host << ": " << error.message());
  return !error;
}

namespace {
constexpr std::size_t head_bytes = 8;
constexpr std::uint16_t magic = 0x5a17;

struct Head {
  std::uint16_t magic;
  std::uint16_t size;
  std::uint32_t number;
};

std::uint8_t filler(std::uint32_t number) { return static_cast<std::uint8_t>(number * 31 + 7); }

void check(int result, const char* what) {
  if (result < 0) throw std::runtime_error(what);
}

sockaddr* generic(sockaddr_in& address) {
  return reinterpret_cast<sockaddr*>(&address);  // NOLINT: the socket API wants it
}
}  // namespace

void make_frame(std::span<std::uint8_t> out, std::uint32_t number) {
  const Head head{magic, static_cast<std::uint16_t>(out.size()), number};
  std::memcpy(out.data(), &head, sizeof head);
  std::fill(out.begin() + head_bytes, out.end(), filler(number));
}

std::size_t Arrivals::take(std::span<const std::uint8_t> stream) {
  const std::lock_guard lock(mutex_);
  std::size_t taken = 0;
  while (stream.size() - taken >= head_bytes) {
    Head head{};
    std::memcpy(&head, &stream[taken], sizeof head);
    if (head.magic != magic || head.size < head_bytes) {
      ++bad_;
      return stream.size();
    }
    if (head.size > stream.size() - taken) break;
    const auto body = stream.subspan(taken + head_bytes, head.size - head_bytes);
    const bool whole = std::all_of(body.begin(), body.end(),
                                   [&](std::uint8_t byte) { return byte == filler(head.number); });
    if (!whole) ++bad_;
    count(head.number);
    taken += head.size;
  }
  return taken;
}

void Arrivals::count(std::uint32_t number) {
  std::uint32_t& newest = newest_[number / first_of_producer(1)];
  if (number < newest) ++disordered_;
  newest = std::max(newest, number);
  ++times_[number];
  ++total_;
}

std::uint64_t Arrivals::distinct() const {
  const std::lock_guard lock(mutex_);
  return times_.size();
}

std::uint32_t send_frames(Transport& transport, std::uint32_t first, std::uint32_t count,
                          std::size_t size, std::uint64_t collectors) {
  return send_frames(transport.ring(), first, count, size, collectors);
}

std::uint32_t send_frames(FrameRing& ring, std::uint32_t first, std::uint32_t count,
                          std::size_t size, std::uint64_t collectors) {
  for (std::uint32_t i = 0; i < count; ++i) {
    auto space = ring.reserve(size);
    for (; space.empty(); space = ring.reserve(size)) {  // it may be closed in between
      if (!ring.wait_for_space(size)) return i;
    }
    make_frame(space, first + i);
    ring.commit(size, collectors, wall_time_us());
  }
  ring.publish();
  return count;
}

Sink::Sink(Arrivals& arrivals, Endpoint where, TlsServerOptions tls, ListenerOptions options)
    : arrivals_(arrivals) {
  options.endpoint = std::move(where);
  options.tls = std::move(tls);
  listener_.emplace(io_, std::move(options), *this, [this](EventLevel, const std::string& text) {
    const std::lock_guard lock(mutex_);
    events_ += text + "\n";
  });
  thread_ = std::thread([this] { io_.run(); });
}

void Sink::kill() {
  if (!thread_.joinable()) return;
  boost::asio::post(io_, [this] {
    listener_->stop();
    io_.stop();
  });
  thread_.join();
}

std::string Sink::events() const {
  const std::lock_guard lock(mutex_);
  return events_;
}

void Sink::on_datagram(const Peer&, std::span<const std::uint8_t> bytes) {
  ++deliveries_;
  if (arrivals_.take(bytes) != bytes.size()) arrivals_.add_bad();
}

StreamVerdict Sink::on_stream(const Peer&, std::span<const std::uint8_t> bytes) {
  ++deliveries_;
  return {arrivals_.take(bytes), false};
}

void Sink::on_close(const Peer&, std::span<const std::uint8_t>) {}

RawPeer::RawPeer() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  check(listener_, "socket");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  check(::bind(listener_, generic(address), sizeof address), "bind");
}

RawPeer::~RawPeer() {
  close();
  ::close(listener_);
}

Endpoint RawPeer::endpoint() const {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  check(::getsockname(listener_, generic(address), &size), "getsockname");
  return {Carrier::tcp, "127.0.0.1", ntohs(address.sin_port)};
}

void RawPeer::listen(int receive_buffer_bytes) {
  if (receive_buffer_bytes > 0) {
    check(::setsockopt(listener_, SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes,
                       sizeof receive_buffer_bytes),
          "SO_RCVBUF");
  }
  check(::listen(listener_, 8), "listen");
}

void RawPeer::accept() {
  close();
  connection_ = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  check(connection_, "accept");
}

std::vector<std::uint8_t> RawPeer::read(std::size_t bytes) {
  std::vector<std::uint8_t> got(bytes);
  std::size_t size = 0;
  while (size < bytes) {
    const auto more = ::recv(connection_, &got[size], bytes - size, 0);
    if (more <= 0) break;
    size += static_cast<std::size_t>(more);
  }
  got.resize(size);
  return got;
}

std::vector<std::uint8_t> RawPeer::read_all(std::size_t chunk_bytes) {
  std::vector<std::uint8_t> all;
  for (auto chunk = read(chunk_bytes); !chunk.empty(); chunk = read(chunk_bytes)) {
    all.insert(all.end(), chunk.begin(), chunk.end());
  }
  return all;
}

void RawPeer::await_unread(std::size_t bytes) const {
  std::vector<std::uint8_t> space(bytes);
  const bool there = eventually([&] {
    return ::recv(connection_, space.data(), bytes, MSG_PEEK) == static_cast<ssize_t>(bytes);
  });
  if (!there) throw std::runtime_error("the bytes did not come");
}

void RawPeer::write(const std::string& text) const {
  check(static_cast<int>(::send(connection_, text.data(), text.size(), MSG_NOSIGNAL)), "send");
}

void RawPeer::send_fin() const { check(::shutdown(connection_, SHUT_WR), "shutdown"); }

void RawPeer::reset() {
  const linger at_once{1, 0};
  check(::setsockopt(connection_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once), "SO_LINGER");
  close();
}

void RawPeer::close() {
  if (connection_ >= 0) ::close(connection_);
  connection_ = -1;
}

void connect_and_close(const Endpoint& endpoint) {
  boost::asio::io_context io;
  boost::asio::ip::tcp::socket socket(io);
  socket.connect({boost::asio::ip::make_address(endpoint.host), endpoint.port});
}

CollectorOptions quick(const Endpoint& endpoint) {
  using std::chrono::milliseconds;
  CollectorOptions options;
  options.endpoint = endpoint;
  options.flush_delay = milliseconds(1);
  options.backoff_min = milliseconds(1);
  options.backoff_max = milliseconds(4);
  options.udp_doubt = milliseconds(5);
  return options;
}

bool adds_up(const CollectorSnapshot& collector) {
  const auto& frames = collector.frames;
  return frames.entered == frames.sent + frames.spooled + frames.lost.total() + frames.held();
}

}  // namespace heptap::test
