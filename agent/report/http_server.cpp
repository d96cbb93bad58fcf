#include "agent/report/http_server.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <list>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

#include "agent/report/http_connection.hpp"

namespace heptap {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::chrono::milliseconds accept_retry{100};

}  // namespace

class HttpServer::Worker final : public HttpHost {
 public:
  Worker(HttpServerOptions options, HttpHandlers handlers, EventSink events)
      : options_(std::move(options)),
        handlers_(std::move(handlers)),
        events_(std::move(events)),
        acceptor_(io_),
        retry_(io_) {
    error_code error;
    listen(error);
    if (error) {
      throw std::runtime_error("cannot serve status pages on " + to_string(options_.listen) + ": " +
                               error.message());
    }
    options_.listen.port = acceptor_.local_endpoint().port();
    report(EventLevel::info, "status pages on http://" + to_string(options_.listen) + "/");
  }
  ~Worker() override { stop(); }  // NOLINT(bugprone-exception-escape): a join that fails is the end
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  void start() {
    if (thread_.joinable() || !acceptor_.is_open()) return;
    accept();
    thread_ = std::thread([this] { io_.run(); });
  }

  void stop() {
    if (!thread_.joinable()) return close_all();
    asio::post(io_, [this] { close_all(); });
    thread_.join();
  }

  [[nodiscard]] std::uint16_t port() const noexcept { return options_.listen.port; }

 private:
  // HttpHost
  [[nodiscard]] const HttpServerOptions& options() const noexcept override { return options_; }
  HttpResponse respond(const HttpRequest& request) override;
  void on_heard(HttpPlace place) override {
    connections_.splice(connections_.end(), connections_, place);
  }
  void on_closed(HttpPlace place) override { connections_.erase(place); }

  void listen(error_code& error);
  void accept();
  void on_accepted(tcp::socket socket);
  void close_all();
  void report(EventLevel level, const std::string& text) const {
    if (events_) events_(level, text);
  }

  HttpServerOptions options_;
  HttpHandlers handlers_;
  EventSink events_;
  bool is_failing_ = false;
  asio::io_context io_{1};
  tcp::acceptor acceptor_;
  asio::steady_timer retry_;
  HttpConnections connections_;
  std::thread thread_;
};

void HttpServer::Worker::listen(error_code& error) {
  const auto address = asio::ip::make_address(options_.listen.host, error);
  if (error) return;
  const tcp::endpoint endpoint{address, options_.listen.port};
  acceptor_.open(endpoint.protocol(), error);
  if (error) return;
  acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
  acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(tcp::acceptor::max_listen_connections, error);
}

void HttpServer::Worker::accept() {
  acceptor_.async_accept([this](const error_code& error, tcp::socket socket) {
    if (error == asio::error::operation_aborted) return;
    if (!error) {
      on_accepted(std::move(socket));
      return accept();
    }
    retry_.expires_after(accept_retry);  // no file descriptors are left, perhaps
    retry_.async_wait([this](const error_code& stopped) {
      if (!stopped) accept();
    });
  });
}

void HttpServer::Worker::on_accepted(tcp::socket socket) {
  if (connections_.size() >= options_.max_connections) connections_.front()->close();
  const auto connection = std::make_shared<HttpConnection>(std::move(socket), *this);
  connections_.push_back(connection);
  connection->start(std::prev(connections_.end()));
}

HttpResponse HttpServer::Worker::respond(const HttpRequest& request) {
  try {
    HttpResponse response = answer(request, handlers_);
    is_failing_ = false;
    return response;
  } catch (const std::exception& error) {
    // Once, or whoever asks often would fill the log.
    if (!is_failing_) report(EventLevel::error, std::string{"status page: "} + error.what());
    is_failing_ = true;
    return refusal(http::status::internal_server_error, "the page could not be made");
  }
}

void HttpServer::Worker::close_all() {
  error_code ignored;
  acceptor_.close(ignored);
  retry_.cancel();
  while (!connections_.empty()) connections_.front()->close();
  io_.stop();
}

HttpServer::HttpServer(HttpServerOptions options, HttpHandlers handlers, EventSink events)
    : worker_(
          std::make_unique<Worker>(std::move(options), std::move(handlers), std::move(events))) {}
HttpServer::~HttpServer() = default;
void HttpServer::start() { worker_->start(); }
void HttpServer::stop() { worker_->stop(); }
std::uint16_t HttpServer::port() const noexcept { return worker_->port(); }

std::unique_ptr<HttpServer> make_http_server(const HttpSettings& settings, HttpHandlers handlers,
                                             const EventSink& events) {
  if (!settings.listen) return nullptr;
  try {
    return std::make_unique<HttpServer>(HttpServerOptions{.listen = *settings.listen},
                                        std::move(handlers), events);
  } catch (const std::runtime_error& error) {
    if (events) events(EventLevel::error, error.what());
    return nullptr;
  }
}

}  // namespace heptap
