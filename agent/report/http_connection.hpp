#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>

#include <array>
#include <cstddef>
#include <list>
#include <memory>
#include <optional>

#include "agent/report/http_pages.hpp"
#include "agent/report/http_server.hpp"

namespace heptap {

class HttpConnection;
/// Who is connected; who was silent for longest comes first.
using HttpConnections = std::list<std::shared_ptr<HttpConnection>>;
using HttpPlace = HttpConnections::iterator;

/// What a connection needs of its server.
class HttpHost {
 public:
  HttpHost() = default;
  HttpHost(const HttpHost&) = delete;
  HttpHost& operator=(const HttpHost&) = delete;
  virtual ~HttpHost() = default;

  [[nodiscard]] virtual const HttpServerOptions& options() const noexcept = 0;
  virtual HttpResponse respond(const HttpRequest& request) = 0;
  virtual void on_heard(HttpPlace place) = 0;   ///< a whole request has come
  virtual void on_closed(HttpPlace place) = 0;  ///< forget it
};

/// One connection of an HttpServer, on its thread:
///
///     read --> write --> read ...              while both want to keep it
///                    --> say goodbye --> close   else
///
/// The handler of the one operation under way keeps it alive.
class HttpConnection : public std::enable_shared_from_this<HttpConnection> {
 public:
  /// host      must outlive the connection, up to close()
  HttpConnection(boost::asio::ip::tcp::socket socket, HttpHost& host);

  void start(HttpPlace place);
  void close();

 private:
  using error_code = boost::system::error_code;

  void read();
  void on_read(const error_code& error);
  void write();
  void on_written(const error_code& error);
  void say_goodbye();
  void drain();
  void reset_when_closed(bool reset);

  boost::beast::tcp_stream stream_;
  HttpHost& host_;
  HttpPlace place_;
  bool closed_ = false;
  boost::beast::flat_buffer buffer_;
  std::optional<boost::beast::http::request_parser<boost::beast::http::empty_body>> parser_;
  HttpResponse response_;
  std::size_t drained_bytes_ = 0;
  std::array<char, 4096> unread_;
};

}  // namespace heptap
