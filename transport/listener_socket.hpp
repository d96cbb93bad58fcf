#pragma once

#include "transport/listener.hpp"

#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

namespace heptap {

/// One socket is read so often; then the others have their turn.
inline constexpr std::size_t reads_per_turn = 16;

/// What a Listener is made of, one kind for datagrams and one for streams. The handlers of pending
/// operations keep it alive by a shared_ptr, because a completion may be queued already when the
/// listener goes. After stop() none of them calls the ListenerHandler again.
class ListenerSocket {
 public:
  ListenerSocket(ListenerOptions options, ListenerHandler& handler, EventSink events)
      : options_(std::move(options)), handler_(handler), events_(std::move(events)) {}
  ListenerSocket(const ListenerSocket&) = delete;
  ListenerSocket& operator=(const ListenerSocket&) = delete;
  virtual ~ListenerSocket() = default;

  virtual void start() = 0;
  virtual void stop() = 0;
  virtual void report_overflow() {}
  [[nodiscard]] virtual std::size_t connections() const noexcept { return 0; }

  [[nodiscard]] const ListenerOptions& options() const noexcept { return options_; }
  [[nodiscard]] ListenerHandler& handler() const noexcept { return handler_; }
  void report(EventLevel level, const std::string& text) const {
    if (events_) events_(level, text);
  }

 protected:
  /// errors    std::runtime_error, always
  [[noreturn]] void refuse(const std::string& why) const {
    throw std::runtime_error("cannot listen on " + to_string(options_.endpoint) + ": " + why);
  }

  /// gives     the address to bind to
  /// errors    as refuse()
  template <class Protocol>
  typename Protocol::endpoint resolve(boost::asio::io_context& io) const {
    typename Protocol::resolver resolver(io);
    boost::system::error_code error;
    const auto results =
        resolver.resolve(options_.endpoint.host, std::to_string(options_.endpoint.port),
                         Protocol::resolver::passive, error);
    if (error) refuse(error.message());
    return results.begin()->endpoint();
  }

  void set_port(std::uint16_t port) noexcept { options_.endpoint.port = port; }

 private:
  ListenerOptions options_;
  ListenerHandler& handler_;
  EventSink events_;
};

/// errors    std::runtime_error: the address cannot be bound
std::shared_ptr<ListenerSocket> make_datagram_listener(boost::asio::io_context& io,
                                                       ListenerOptions options,
                                                       ListenerHandler& handler, EventSink events);
/// TCP or TLS.
/// errors    std::runtime_error: the address cannot be bound, TLS files cannot be used
std::shared_ptr<ListenerSocket> make_stream_listener(boost::asio::io_context& io,
                                                     ListenerOptions options,
                                                     ListenerHandler& handler, EventSink events);

}  // namespace heptap
