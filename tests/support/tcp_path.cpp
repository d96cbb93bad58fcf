#include "tests/support/tcp_path.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <deque>
#include <utility>
#include <vector>

#include "tests/support/relay_clock.hpp"

namespace heptap::test {

namespace asio = boost::asio;

constexpr std::size_t read_bytes = 16'384;
constexpr std::size_t most_waiting_bytes = 262'144;  // the sender has to wait beyond
constexpr int buffer_bytes = 262'144;                // of a socket: the kernel would take megabytes

/// One direction of a connection: what was read waits for its time.
struct TcpPath::Pipe {
  struct Piece {
    std::int64_t leave_us;
    std::vector<std::uint8_t> bytes;
  };

  Pipe(Socket& from, Socket& into, const ImpairmentOptions& options, std::uint64_t& count,
       std::uint64_t reset_after)
      : in(from),
        out(into),
        impairment(options),
        moved_bytes(count),
        reset_after_bytes(reset_after),
        changed(from.get_executor()) {}

  Socket& in;
  Socket& out;
  Impairment impairment;
  std::uint64_t& moved_bytes;
  std::uint64_t reset_after_bytes;
  std::uint64_t own_bytes = 0;
  asio::steady_timer changed;  // never expires: its waits end when the queue changes
  std::deque<Piece> waiting;
  std::size_t waiting_bytes = 0;
  bool is_at_end = false;
};

struct TcpPath::Connection {
  Connection(Socket from, Socket into, const TcpPath& path, TcpCounts& counts)
      : client(std::move(from)),
        server(std::move(into)),
        forward(client, server, path.forward_, counts.forward_bytes, path.reset_after_bytes_),
        backward(server, client, path.backward_, counts.backward_bytes, 0) {}

  Socket client;
  Socket server;
  Pipe forward;
  Pipe backward;
};

namespace {

asio::awaitable<void> next_change(asio::steady_timer& timer) {
  boost::system::error_code error;
  timer.expires_at(RelayClock::time_point::max());
  co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, error));
}

}  // namespace

TcpPath::TcpPath(asio::io_context& context, const Endpoint& front, const Endpoint& to,
                 const ImpairmentOptions& forward, const ImpairmentOptions& backward,
                 std::uint64_t reset_after_bytes)
    : context_(context),
      acceptor_(context, front),
      to_(to),
      forward_(forward),
      backward_(backward),
      reset_after_bytes_(reset_after_bytes) {
  acceptor_.set_option(asio::socket_base::receive_buffer_size(buffer_bytes));
  asio::co_spawn(context_, accept(), asio::detached);
}

asio::awaitable<void> TcpPath::accept() {
  for (;;) {
    boost::system::error_code error;
    Socket client =
        co_await acceptor_.async_accept(asio::redirect_error(asio::use_awaitable, error));
    if (error == asio::error::operation_aborted) co_return;
    if (!error) asio::co_spawn(context_, serve(std::move(client)), asio::detached);
  }
}

asio::awaitable<void> TcpPath::serve(Socket client) {
  boost::system::error_code error;
  Socket server(context_);
  co_await server.async_connect(to_, asio::redirect_error(asio::use_awaitable, error));
  if (error) {
    ++counts_.refused;
    co_return;
  }
  ++counts_.connections;
  server.set_option(asio::socket_base::send_buffer_size(buffer_bytes));
  const auto connection =
      std::make_shared<Connection>(std::move(client), std::move(server), *this, counts_);
  for (Pipe* const pipe : {&connection->forward, &connection->backward}) {
    asio::co_spawn(context_, read(connection, *pipe), asio::detached);
    asio::co_spawn(context_, write(connection, *pipe), asio::detached);
  }
}

asio::awaitable<void> TcpPath::read(std::shared_ptr<Connection> /*owner*/, Pipe& pipe) {
  boost::system::error_code error;
  while (!error) {
    while (pipe.waiting_bytes >= most_waiting_bytes && !pipe.is_at_end) {
      co_await next_change(pipe.changed);
    }
    std::vector<std::uint8_t> bytes(read_bytes);
    bytes.resize(co_await pipe.in.async_read_some(
        asio::buffer(bytes), asio::redirect_error(asio::use_awaitable, error)));
    if (bytes.empty()) continue;
    const Fate fate = pipe.impairment.decide(relay_now_us(), bytes.size());
    pipe.waiting_bytes += bytes.size();
    pipe.waiting.push_back({fate.leave_us, std::move(bytes)});
    pipe.changed.cancel();
  }
  pipe.is_at_end = true;
  pipe.changed.cancel();
}

asio::awaitable<void> TcpPath::write(std::shared_ptr<Connection> connection, Pipe& pipe) {
  boost::system::error_code error;
  asio::steady_timer due(context_);
  for (;;) {
    while (pipe.waiting.empty() && !pipe.is_at_end) co_await next_change(pipe.changed);
    if (pipe.waiting.empty()) break;
    const Pipe::Piece piece = std::move(pipe.waiting.front());
    pipe.waiting.pop_front();
    due.expires_at(relay_time(piece.leave_us));
    co_await due.async_wait(asio::redirect_error(asio::use_awaitable, error));
    const std::size_t written = co_await asio::async_write(
        pipe.out, asio::buffer(piece.bytes), asio::redirect_error(asio::use_awaitable, error));
    pipe.moved_bytes += written;
    pipe.own_bytes += written;
    pipe.waiting_bytes -= piece.bytes.size();
    pipe.changed.cancel();
    const bool is_due = pipe.reset_after_bytes != 0 && pipe.own_bytes >= pipe.reset_after_bytes;
    if (is_due && !error) ++counts_.resets;
    if (is_due || error) {
      reset(*connection);
      co_return;
    }
  }
  pipe.out.shutdown(Socket::shutdown_send, error);
}

// Closed without lingering, a socket sends RST.
void TcpPath::reset(Connection& connection) {
  for (Socket* const socket : {&connection.client, &connection.server}) {
    boost::system::error_code error;
    socket->set_option(asio::socket_base::linger(true, 0), error);
    socket->close(error);
  }
  for (Pipe* const pipe : {&connection.forward, &connection.backward}) {
    pipe->is_at_end = true;
    pipe->changed.cancel();
  }
}

}  // namespace heptap::test
