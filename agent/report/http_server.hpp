#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "agent/report/http_handlers.hpp"
#include "config/settings.hpp"
#include "transport/collector_options.hpp"

namespace heptap {

struct HttpServerOptions {
  HostPort listen{"127.0.0.1", 0};  ///< an address; port 0: any free one, see HttpServer::port()
  std::size_t max_connections = 32;
  std::uint32_t max_head_bytes = 8192;  ///< of a request
  std::chrono::milliseconds timeout{
      10'000};  ///< for a whole request to come, an answer to be taken
};

/// Serves the status pages on a thread of its own. Whoever connects costs a bounded amount of
/// memory, for a bounded time: one connection too many costs the one its place that was silent for
/// longest.
class HttpServer {
 public:
  /// Listens, but answers nobody before start(): privileges and system calls can be given up
  /// between the two.
  /// events    called on the server's thread, and in the constructor
  /// errors    std::runtime_error: the address cannot be used
  HttpServer(HttpServerOptions options, HttpHandlers handlers, EventSink events);
  /// stop()
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  void start();
  /// Closes everything, for good. Not from a handler.
  void stop();

  /// gives     the port it really has
  [[nodiscard]] std::uint16_t port() const noexcept;

 private:
  class Worker;
  std::unique_ptr<Worker> worker_;
};

/// gives     a server that listens; null when it is off, or when the address cannot be used: that
///           is told to `events`, and is no reason to end
[[nodiscard]] std::unique_ptr<HttpServer> make_http_server(const HttpSettings& settings,
                                                           HttpHandlers handlers,
                                                           const EventSink& events);

}  // namespace heptap
