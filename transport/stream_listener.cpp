#include "transport/listener_socket.hpp"

#include "transport/alarm.hpp"
#include "transport/stream_connection.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <map>
#include <unordered_map>

namespace heptap {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr std::chrono::milliseconds accept_retry_delay{100};

Peer make_peer(Carrier carrier, std::uint64_t connection, const tcp::endpoint& from) {
  Peer peer{carrier, connection, {}};
  std::memcpy(&peer.address, from.data(), std::min(from.size(), sizeof peer.address));
  return peer;
}

class StreamListener final : public ListenerSocket,
                             public std::enable_shared_from_this<StreamListener> {
 public:
  StreamListener(asio::io_context& io, ListenerOptions listen, ListenerHandler& handler,
                 EventSink events)
      : ListenerSocket(std::move(listen), handler, std::move(events)),
        io_(io),
        acceptor_(io),
        retry_(io) {
    if (options().endpoint.carrier == Carrier::tls) tls_ = make_server_context(options().tls);
    const auto address = resolve<tcp>(io);
    error_code error;
    acceptor_.open(address.protocol(), error);
    if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor_.bind(address, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (error) refuse(error.message());
    set_port(acceptor_.local_endpoint().port());
  }

  void start() override;
  void stop() override;
  [[nodiscard]] std::size_t connections() const noexcept override { return connections_.size(); }

 private:
  void on_accepted(tcp::socket socket);
  void forget(std::uint64_t connection);
  [[nodiscard]] bool make_room();
  [[nodiscard]] bool make_room_for(const asio::ip::address& newcomer);

  asio::io_context& io_;
  tcp::acceptor acceptor_;
  Alarm retry_;
  SslContext tls_;
  std::uint64_t last_connection_ = 0;
  std::unordered_map<std::uint64_t, std::shared_ptr<StreamConnection>> connections_;
  std::map<asio::ip::address, std::size_t> hosts_;  ///< how many connections each has
};

void StreamListener::start() {
  acceptor_.async_accept([self = shared_from_this()](const error_code& error, tcp::socket socket) {
    if (!self->acceptor_.is_open()) return;
    if (!error) {
      self->on_accepted(std::move(socket));
      return self->start();
    }
    if (error == asio::error::no_descriptors && !self->make_room()) {  // would fail again at once
      self->report(EventLevel::warning,
                   to_string(self->options().endpoint) + ": " + error.message());
      return self->retry_.set(accept_retry_delay, [self] { self->start(); });
    }
    self->start();
  });
}

void StreamListener::on_accepted(tcp::socket socket) {
  error_code error;
  const auto address = socket.remote_endpoint(error);
  if (error) return;  // gone already
  const Peer peer = make_peer(options().endpoint.carrier, ++last_connection_, address);
  const bool is_full = connections_.size() >= options().max_connections;
  if (is_full && !make_room() && !make_room_for(address.address())) {
    report(EventLevel::warning, to_string(peer) + ": refused, there are " +
                                    std::to_string(connections_.size()) + " connections already");
    return;
  }
  const auto connection = std::make_shared<StreamConnection>(
      io_, std::move(socket), peer, address.address(), shared_from_this(), tls_.get(),
      [this](std::uint64_t closed) { forget(closed); });
  connections_.emplace(peer.connection, connection);
  ++hosts_[connection->host()];
  connection->start();
}

/// Lets the peer go that was silent for longest, so that idle strangers cannot lock others out.
/// gives     false when none was silent for long
bool StreamListener::make_room() {
  if (connections_.empty()) return false;
  const auto quietest = std::ranges::min_element(
      connections_, {}, [](const auto& entry) { return entry.second->last_heard(); });
  const std::shared_ptr<StreamConnection> connection = quietest->second;
  const auto silence = std::chrono::steady_clock::now() - connection->last_heard();
  if (silence < options().safe_silence) return false;
  connection->fail("let go to make room, it was silent for longest");
  return true;
}

/// Lets a connection go of the host that has the most, if the newcomer's has fewer all the same: one
/// host that keeps all of them busy cannot lock others out.
/// gives     false when there is no such host
bool StreamListener::make_room_for(const asio::ip::address& newcomer) {
  if (hosts_.empty()) return false;
  const auto most =
      std::ranges::max_element(hosts_, {}, [](const auto& host) { return host.second; });
  const auto own = hosts_.find(newcomer);
  if (most->second <= (own == hosts_.end() ? 0 : own->second) + 1) return false;
  const auto found = std::ranges::find_if(
      connections_, [&](const auto& entry) { return entry.second->host() == most->first; });
  const std::shared_ptr<StreamConnection> connection = found->second;
  connection->fail("let go to make room, its host has the most connections");
  return true;
}

void StreamListener::forget(std::uint64_t connection) {
  const auto found = connections_.find(connection);
  const auto host = hosts_.find(found->second->host());
  if (--host->second == 0) hosts_.erase(host);
  connections_.erase(found);
}

void StreamListener::stop() {
  error_code ignored;
  acceptor_.close(ignored);
  retry_.stop();
  while (!connections_.empty()) {
    const auto connection = connections_.begin()->second;
    connection->close();
  }
}

}  // namespace

std::shared_ptr<ListenerSocket> make_stream_listener(asio::io_context& io, ListenerOptions options,
                                                     ListenerHandler& handler, EventSink events) {
  return std::make_shared<StreamListener>(io, std::move(options), handler, std::move(events));
}

}  // namespace heptap
