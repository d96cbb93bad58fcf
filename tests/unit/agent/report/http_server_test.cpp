#include "agent/report/http_server.hpp"

#include <poll.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <catch2/catch.hpp>
#include <limits>
#include <mutex>
#include <stdexcept>
#include <vector>

using namespace heptap;
namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using namespace std::chrono_literals;

namespace {

class Events {
 public:
  EventSink sink() {
    return [this](EventLevel level, const std::string& text) {
      const std::lock_guard lock(mutex_);
      if (level == EventLevel::error) errors_.push_back(text);
    };
  }
  std::vector<std::string> errors() {
    const std::lock_guard lock(mutex_);
    return errors_;
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> errors_;
};

HttpHandlers handlers(std::string metrics = "heptap_up 1\n") {
  return {.metrics = [metrics = std::move(metrics)] { return metrics; },
          .ready = [] { return std::vector<std::string>{}; }};
}

struct Started : HttpServer {
  explicit Started(HttpServerOptions options = {}, HttpHandlers what = handlers())
      : HttpServer(std::move(options), std::move(what), {}) {
    start();
  }
};

// Blocking calls, on a connection of its own.
class Client {
 public:
  explicit Client(std::uint16_t port, const std::string& host = "127.0.0.1") {
    socket_.connect({asio::ip::make_address(host), port});
  }

  /// Who was let go meanwhile finds out when it reads.
  void send(const std::string& text) {
    boost::system::error_code ignored;
    asio::write(socket_, asio::buffer(text), ignored);
  }

  http::response<http::string_body> receive(bool to_head = false) {
    http::response_parser<http::string_body> parser;
    parser.skip(to_head);
    parser.body_limit(std::numeric_limits<std::uint64_t>::max());
    http::read(socket_, buffer_, parser);
    return parser.release();
  }

  http::response<http::string_body> get(const std::string& target) {
    send("GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n");
    return receive();
  }

  /// Waits until the server has closed the connection, one way or the other.
  bool is_let_go() {
    std::array<char, 1024> ignored{};
    boost::system::error_code error;
    std::size_t size = 0;
    do size = socket_.read_some(asio::buffer(ignored), error);
    while (!error && size > 0);
    return error == asio::error::eof || error == asio::error::connection_reset;
  }

  /// As is_let_go(), without reading anything.
  bool is_reset() {
    pollfd which{socket_.native_handle(), 0, 0};
    return ::poll(&which, 1, -1) == 1 && (which.revents & POLLERR) != 0;
  }

 private:
  asio::io_context io_;
  tcp::socket socket_{io_};
  boost::beast::flat_buffer buffer_;
};

}  // namespace

TEST_CASE("pages are served, several on one connection") {
  Started server;
  Client client(server.port());
  CHECK(client.get("/metrics").body() == "heptap_up 1\n");
  CHECK(client.get("/healthz").result() == http::status::ok);
  CHECK(client.get("/nowhere").result() == http::status::not_found);
  client.send("HEAD /metrics HTTP/1.1\r\n\r\n");
  CHECK(client.receive(true)[http::field::content_length] == "12");
  CHECK(client.get("/readyz").result() == http::status::ok);
}

TEST_CASE("requests may come in one piece, or in many") {
  Started server;
  Client client(server.port());
  const std::string request = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
  client.send(request + request);
  CHECK(client.receive().body() == "alive\n");
  CHECK(client.receive().body() == "alive\n");
  for (const char c : request) client.send({c});
  CHECK(client.receive().body() == "alive\n");
}

TEST_CASE("a connection ends when the client says so") {
  Started server;
  Client client(server.port());
  client.send("GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n");
  CHECK(client.receive().body() == "alive\n");
  CHECK(client.is_let_go());
  Client old(server.port());
  old.send("GET /healthz HTTP/1.0\r\n\r\n");
  CHECK(old.receive().body() == "alive\n");
  CHECK(old.is_let_go());
}

TEST_CASE("what is no good request is refused, and the connection closed") {
  struct Row {
    std::string text;
    unsigned status;
  };
  const std::string header = "X: " + std::string(9000, 'x');
  const auto row = GENERATE_COPY(values<Row>({
      {"INVITE sip:a@b SIP/2.0\r\n\r\n", 400},
      {"GET /metrics\r\n\r\n", 400},
      {"GET /metrics HTTP/2.0\r\n\r\n", 400},
      {"\x16\x03\x01\x02\x01\x01\r\n\r\n", 400},
      {"GET /metrics HTTP/1.1\r\n" + header + "\r\n\r\n", 431},
      {"GET /metrics HTTP/1.1\r\n" + header + header + header, 431},
      {"GET /" + std::string(9000, 'x') + " HTTP/1.1\r\n\r\n", 431},
      {"POST /metrics HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello", 405},
      {"GET /metrics HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello", 413},
      {"GET /metrics HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n", 413},
      {"GET /metrics HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", 413},
  }));
  CAPTURE(row.text);
  Started server;
  Client client(server.port());
  client.send(row.text);
  CHECK(client.receive().result_int() == row.status);
  CHECK(client.is_let_go());
}

TEST_CASE("who does not get on with a request is let go") {
  Started server({.timeout = 50ms});
  Client client(server.port());
  SECTION("nothing is sent") {}
  SECTION("a part of a request") { client.send("GET /metr"); }
  SECTION("a part of the second one") {
    client.send("GET /healthz HTTP/1.1\r\n\r\nGET /metrics HTTP/1.1\r\nHost");
  }
  CHECK(client.is_let_go());
}

TEST_CASE("who does not take the answer is let go, and it is thrown away") {
  Started server({.timeout = 50ms}, handlers(std::string(32 << 20, 'x')));
  Client client(server.port());
  client.send("GET /metrics HTTP/1.1\r\n\r\n");
  CHECK(client.is_reset());
}

TEST_CASE("one connection too many costs the one its place that was silent for longest") {
  Started server({.max_connections = 2});
  Client first(server.port());
  CHECK(first.get("/healthz").result() == http::status::ok);
  Client second(server.port());
  CHECK(second.get("/healthz").result() == http::status::ok);
  CHECK(first.get("/healthz").result() == http::status::ok);

  Client third(server.port());
  CHECK(third.get("/healthz").result() == http::status::ok);
  CHECK(second.is_let_go());
  CHECK(first.get("/healthz").result() == http::status::ok);
}

TEST_CASE("a page that cannot be made is an error of the server, told once") {
  Events events;
  HttpHandlers failing = handlers();
  failing.metrics = []() -> std::string { throw std::runtime_error("no snapshot"); };
  HttpServer server({}, failing, events.sink());
  server.start();
  Client client(server.port());
  CHECK(client.get("/metrics").result() == http::status::internal_server_error);
  CHECK(client.is_let_go());
  CHECK(Client(server.port()).get("/metrics").result() == http::status::internal_server_error);
  CHECK(Client(server.port()).get("/healthz").result() == http::status::ok);
  server.stop();
  CHECK(events.errors() == std::vector<std::string>{"status page: no snapshot"});
}

TEST_CASE("nobody is answered before the start, and nobody is kept after the end") {
  HttpServer server({}, handlers(), {});
  Client early(server.port());
  early.send("GET /healthz HTTP/1.1\r\n\r\n");
  server.start();
  CHECK(early.receive().body() == "alive\n");
  server.stop();
  CHECK(early.is_let_go());
  CHECK_THROWS(Client(server.port()));
  server.stop();
  server.start();
  CHECK_THROWS(Client(server.port()));
}

TEST_CASE("an address that cannot be used is an error that names it") {
  Started first;
  const std::string taken = "127.0.0.1:" + std::to_string(first.port());
  const std::string want = "cannot serve status pages on " + taken + ": Address already in use";
  HttpSettings settings;
  settings.listen = HostPort{"127.0.0.1", first.port()};
  CHECK_THROWS_WITH(HttpServer({.listen = *settings.listen}, handlers(), {}), want);

  Events events;
  CHECK(make_http_server(settings, handlers(), events.sink()) == nullptr);
  CHECK(events.errors() == std::vector{want});
}

TEST_CASE("the configuration says whether and where pages are served") {
  Events events;
  CHECK(make_http_server({.listen = std::nullopt}, handlers(), events.sink()) == nullptr);
  CHECK(events.errors().empty());

  HttpSettings settings;
  settings.listen->port = 0;
  const auto server = make_http_server(settings, handlers(), events.sink());
  REQUIRE(server);
  server->start();
  CHECK(Client(server->port()).get("/healthz").body() == "alive\n");
}

TEST_CASE("pages are served over IPv6") {
  asio::io_context io;
  boost::system::error_code error;
  tcp::acceptor probe(io);
  probe.open(tcp::v6(), error);
  if (!error) probe.bind({asio::ip::make_address("::1"), 0}, error);
  if (error) {
    WARN("skipped: no IPv6 here");
    return;
  }
  Started server({.listen = {"::1", 0}});
  CHECK(Client(server.port(), "::1").get("/healthz").body() == "alive\n");
}
