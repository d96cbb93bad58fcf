#include "transport/listener.hpp"

#include "tests/unit/transport/peers.hpp"

#include <catch2/catch.hpp>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace heptap {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using asio::ip::udp;

std::string text(std::span<const std::uint8_t> bytes) { return {bytes.begin(), bytes.end()}; }

/// Consumes lines, and writes down everything it is told.
class LineHandler final : public ListenerHandler {
 public:
  void on_datagram(const Peer& peer, std::span<const std::uint8_t> bytes) override {
    log.push_back("datagram " + text(bytes));
    last_peer = to_string(peer);
  }
  StreamVerdict on_stream(const Peer& peer, std::span<const std::uint8_t> bytes) override {
    last_peer = to_string(peer);
    const std::string all = text(bytes);
    const auto end = all.rfind('\n');
    if (end == std::string::npos) return {};
    log.push_back("stream " + std::to_string(peer.connection) + " " + all.substr(0, end));
    return {end + 1, all.starts_with("bad")};
  }
  void on_close(const Peer& peer, std::span<const std::uint8_t> unconsumed) override {
    log.push_back("close " + std::to_string(peer.connection) + " " + text(unconsumed));
  }

  void on_overflow(std::uint64_t datagrams) override { overflow += datagrams; }

  std::vector<std::string> log;
  std::string last_peer;
  std::uint64_t overflow = 0;
};

/// A listener on an io_context that the test itself runs, and what it was told.
struct Scene {
  explicit Scene(ListenerOptions options) {
    listener.emplace(io, std::move(options), handler,
                     [this](EventLevel, const std::string& event) { events += event + "\n"; });
  }
  void run_until_logged(std::size_t entries) {
    while (handler.log.size() < entries && io.run_one_for(std::chrono::seconds(30)) > 0) {
    }
    REQUIRE(handler.log.size() >= entries);
  }
  tcp::socket connect() { return connect_from(listener->endpoint().host); }
  tcp::socket connect_from(const std::string& host) {
    tcp::socket socket(io, {asio::ip::make_address(host), 0});
    socket.connect({asio::ip::make_address(listener->endpoint().host), listener->endpoint().port});
    return socket;
  }
  static void send(tcp::socket& socket, const std::string& bytes) {
    asio::write(socket, asio::buffer(bytes));
  }

  asio::io_context io;
  LineHandler handler;
  std::string events;
  std::optional<Listener> listener;
};

ListenerOptions on(Carrier carrier, const std::string& host = "127.0.0.1") {
  ListenerOptions options;
  options.endpoint = {carrier, host, 0};
  return options;
}

TEST_CASE("datagrams are handed over with their sender") {
  const auto* const host = GENERATE("127.0.0.1", "::1");
  Scene scene(on(Carrier::udp, host));
  const udp::endpoint there(asio::ip::make_address(host), scene.listener->endpoint().port);
  udp::socket socket(scene.io, there.protocol());
  socket.send_to(asio::buffer(std::string("one")), there);
  socket.send_to(asio::buffer(std::string(65000, 'x')), there);
  socket.send_to(asio::buffer(std::string()), there);
  scene.run_until_logged(3);
  CHECK(scene.handler.log[0] == "datagram one");
  CHECK(scene.handler.log[1] == "datagram " + std::string(65000, 'x'));
  CHECK(scene.handler.log[2] == "datagram ");
  CHECK(scene.handler.last_peer ==
        to_string(Endpoint{Carrier::udp, host, socket.local_endpoint().port()}));
}

TEST_CASE("no datagram is forgotten when the socket closes") {
  auto options = on(Carrier::udp);
  options.receive_buffer_bytes = 8192;
  Scene scene(std::move(options));
  udp::socket socket(scene.io, udp::v4());
  const udp::endpoint there(asio::ip::make_address("127.0.0.1"), scene.listener->endpoint().port);
  const std::size_t count = 200;
  for (std::size_t i = 0; i < count; ++i) {
    socket.send_to(asio::buffer(std::string(1000, 'x')), there);
  }
  scene.listener->report_overflow();
  const std::uint64_t early = scene.handler.overflow;
  CHECK(early > 0);
  scene.listener->report_overflow();
  CHECK(scene.handler.overflow == early);
  scene.listener->stop();
  CHECK_FALSE(scene.handler.log.empty());
  CHECK(scene.handler.log.size() + scene.handler.overflow == count);
}

TEST_CASE("a stream's unconsumed bytes come again with what follows") {
  const auto* const host = GENERATE("127.0.0.1", "::1");
  Scene scene(on(Carrier::tcp, host));
  tcp::socket socket = scene.connect();
  Scene::send(socket, "one\ntw");
  scene.run_until_logged(1);
  Scene::send(socket, "o\nrest");
  scene.run_until_logged(2);
  CHECK(scene.listener->connections() == 1);
  CHECK(scene.handler.last_peer ==
        to_string(Endpoint{Carrier::tcp, host, socket.local_endpoint().port()}));
  socket.close();
  scene.run_until_logged(3);
  CHECK(scene.handler.log ==
        std::vector<std::string>{"stream 1 one", "stream 1 two", "close 1 rest"});
  CHECK(scene.listener->connections() == 0);
  CHECK(scene.events.empty());
}

TEST_CASE("a handler may let a peer go") {
  Scene scene(on(Carrier::tcp));
  tcp::socket socket = scene.connect();
  Scene::send(socket, "bad\nmore");
  scene.run_until_logged(2);
  CHECK(scene.handler.log.back() == "close 1 more");
}

TEST_CASE("a peer that fills the buffer with nothing of use is let go") {
  auto options = on(Carrier::tcp);
  options.stream_buffer_bytes = 1000;
  Scene scene(std::move(options));
  tcp::socket socket = scene.connect();
  Scene::send(socket, std::string(1000, 'x'));
  scene.run_until_logged(1);
  CHECK(scene.handler.log.back() == "close 1 " + std::string(1000, 'x'));
  CHECK_THAT(scene.events, Catch::Contains("nothing in 1000 bytes could be used"));
}

TEST_CASE("all of a full buffer may be used") {
  auto options = on(Carrier::tcp);
  options.stream_buffer_bytes = 1000;
  Scene scene(std::move(options));
  tcp::socket socket = scene.connect();
  Scene::send(socket, std::string(999, 'x') + "\n");
  scene.run_until_logged(1);
  Scene::send(socket, "more\n");
  scene.run_until_logged(2);
  CHECK(scene.handler.log.back() == "stream 1 more");
}

TEST_CASE("connections beyond the cap are refused, and room is made by those that go") {
  auto options = on(Carrier::tcp);
  options.max_connections = 1;
  Scene scene(std::move(options));
  tcp::socket first = scene.connect();
  Scene::send(first, "first\n");
  scene.run_until_logged(1);
  tcp::socket second = scene.connect();
  Scene::send(second, "second\n");
  while (scene.events.empty()) scene.io.run_one();
  CHECK_THAT(scene.events, Catch::Contains("refused, there are 1 connections already"));
  first.close();
  scene.run_until_logged(2);
  tcp::socket third = scene.connect();
  Scene::send(third, "third\n");
  scene.run_until_logged(3);
  CHECK(scene.handler.log ==
        std::vector<std::string>{"stream 1 first", "close 1 ", "stream 3 third"});
}

TEST_CASE("at the cap, the peer that was silent for longest goes for a new one") {
  auto options = on(Carrier::tcp);
  options.max_connections = 2;
  options.safe_silence = std::chrono::milliseconds(0);
  Scene scene(std::move(options));
  tcp::socket first = scene.connect();
  tcp::socket second = scene.connect();
  Scene::send(second, "second\n");
  scene.run_until_logged(1);
  Scene::send(first, "first\n");
  scene.run_until_logged(2);
  tcp::socket third = scene.connect();
  Scene::send(third, "third\n");
  scene.run_until_logged(4);
  CHECK(scene.handler.log == std::vector<std::string>{"stream 2 second", "stream 1 first",
                                                      "close 2 ", "stream 3 third"});
  CHECK_THAT(scene.events, Catch::Contains("silent for longest"));
}

TEST_CASE("at the cap, the host with the most connections has to share with others") {
  auto options = on(Carrier::tcp);
  options.max_connections = 3;
  Scene scene(std::move(options));
  std::vector<tcp::socket> greedy;
  greedy.reserve(3);
  for (int i = 0; i < 3; ++i) greedy.push_back(scene.connect());
  tcp::socket other = scene.connect_from("127.0.0.2");
  Scene::send(other, "other\n");
  scene.run_until_logged(2);
  CHECK(scene.handler.log.front().starts_with("close "));
  CHECK(scene.handler.log.back() == "stream 4 other");
  CHECK_THAT(scene.events, Catch::Contains("its host has the most connections"));
  tcp::socket again = scene.connect_from("127.0.0.2");
  while (!scene.events.ends_with("already\n")) scene.io.run_one();
  CHECK(scene.listener->connections() == 3);
}

TEST_CASE("an address that is taken is refused with its reason") {
  Scene scene(on(Carrier::tcp));
  auto taken = on(Carrier::tcp);
  taken.endpoint = scene.listener->endpoint();
  CHECK_THROWS_WITH(Listener(scene.io, taken, scene.handler, {}),
                    Catch::Contains("cannot listen on tcp://127.0.0.1:") &&
                        Catch::Contains("Address already in use"));
}

TEST_CASE("stop() closes what is open and tells the handler, once") {
  Scene scene(on(Carrier::tcp));
  tcp::socket socket = scene.connect();
  Scene::send(socket, "one\nrest");
  scene.run_until_logged(1);
  scene.listener->stop();
  scene.listener.reset();
  scene.io.run();  // what was pending ends, and touches nothing
  CHECK(scene.handler.log == std::vector<std::string>{"stream 1 one", "close 1 rest"});
}

}  // namespace
}  // namespace heptap
