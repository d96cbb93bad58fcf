#include "transport/listener.hpp"

#include "transport/listener_socket.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <array>
#include <cstring>

namespace heptap {

std::string to_string(const Peer& peer) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  std::uint16_t port = 0;
  if (peer.address.ss_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, &peer.address, sizeof v6);
    ::inet_ntop(AF_INET6, &v6.sin6_addr, text.data(), text.size());
    port = ntohs(v6.sin6_port);
  } else {
    sockaddr_in v4{};
    std::memcpy(&v4, &peer.address, sizeof v4);
    ::inet_ntop(AF_INET, &v4.sin_addr, text.data(), text.size());
    port = ntohs(v4.sin_port);
  }
  return to_string(Endpoint{peer.carrier, text.data(), port});
}

Listener::Listener(boost::asio::io_context& io, ListenerOptions options, ListenerHandler& handler,
                   EventSink events) {
  if (options.endpoint.carrier == Carrier::udp) {
    socket_ = make_datagram_listener(io, std::move(options), handler, std::move(events));
  } else {
    socket_ = make_stream_listener(io, std::move(options), handler, std::move(events));
  }
  socket_->start();
}

Listener::~Listener() { stop(); }
void Listener::stop() { socket_->stop(); }
void Listener::report_overflow() { socket_->report_overflow(); }
const Endpoint& Listener::endpoint() const noexcept { return socket_->options().endpoint; }
std::size_t Listener::connections() const noexcept { return socket_->connections(); }

}  // namespace heptap
