#include "proto/sip/http_upgrade.hpp"

#include <catch2/catch.hpp>
#include <string>

#include "tests/support/allocation_counter.hpp"

using namespace heptap;

namespace {

// RFC 7118 section 8.1, F1 and F2.
constexpr std::string_view request_head =
    "GET / HTTP/1.1\r\n"
    "Host: proxy.example.com\r\n"
    "Upgrade: websocket\r\n"
    "Connection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    "Origin: https://www.example.com\r\n"
    "Sec-WebSocket-Protocol: sip\r\n"
    "Sec-WebSocket-Version: 13\r\n"
    "\r\n";
constexpr std::string_view response_head =
    "HTTP/1.1 101 Switching Protocols\r\n"
    "Upgrade: websocket\r\n"
    "Connection: Upgrade\r\n"
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
    "Sec-WebSocket-Protocol: sip\r\n"
    "\r\n";

Errc error_of(std::string_view text) { return parse_http_upgrade(as_bytes(text)).error(); }

}  // namespace

TEST_CASE("the handshake of RFC 7118 is read, and each prefix of it is incomplete") {
  const std::string head = GENERATE(std::string(request_head), std::string(response_head));
  const std::string text = head + "\x81\x05Hello";
  for (std::size_t cut = 0; cut < head.size(); ++cut) {
    CAPTURE(cut);
    REQUIRE(error_of(head.substr(0, cut)) == Errc::incomplete);
  }
  const auto upgrade = parse_http_upgrade(as_bytes(text));
  REQUIRE(upgrade.ok());
  CHECK(upgrade->is_response == (head == response_head));
  CHECK(upgrade->size_bytes == head.size());
}

TEST_CASE("an upgrade in all its shapes") {
  const std::string head = GENERATE(
      as<std::string>{},
      "GET /ws HTTP/1.1\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n\r\n",
      "GET /ws HTTP/1.1\r\nUpgrade: h2c,WebSocket\r\nConnection: upgrade\r\n\r\n",
      "GET /ws HTTP/1.1\r\nconnection:UPGRADE\r\nupgrade:WEBSOCKET\r\n\r\n",
      "GET /ws HTTP/1.1\nUpgrade: websocket\nConnection: Upgrade\n\n",
      "GET /a b HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
      "GET /ws HTTP/1.2 \r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
      "GET /ws HTTP/1.1\r\nno colon\r\n: x\r\nUpgrade : websocket\r\nConnection: Upgrade\r\n\r\n",
      "GET /ws HTTP/1.1\r\nConnection: close\r\nConnection: Upgrade\r\nUpgrade: x\r\n"
      "Upgrade: websocket\r\n\r\n",
      "HTTP/1.1 101\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
      "HTTP/1.1 101 \xc3\x9c\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n");
  CAPTURE(head);
  const auto upgrade = parse_http_upgrade(as_bytes(head));
  REQUIRE(upgrade.ok());
  CHECK(upgrade->size_bytes == head.size());
  CHECK(upgrade->is_response == (head[0] == 'H'));
}

TEST_CASE("HTTP that upgrades nothing to WebSocket is unsupported") {
  const std::string head = GENERATE(
      as<std::string>{}, "GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n",
      "GET / HTTP/1.1\r\nConnection: Upgrade\r\n\r\n",
      "GET / HTTP/1.1\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n",
      "GET / HTTP/1.1\r\nUpgrade: websockets\r\nConnection: Upgrade\r\n\r\n",
      "GET / HTTP/1.1\r\nUpgrade: \"websocket\"\r\nConnection: Upgrade\r\n\r\n",
      "GET / HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgraded\r\n\r\n",
      "GET / HTTP/1.1\r\nX: y\r\n\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
      "GET / HTTP/1.0\r\n", "POST / HTTP/1.1\r\n", "OPTIONS * HTTP/1.1\r\n", "HTTP/1.1 200 OK\r\n",
      "HTTP/1.0 101 x\r\n", "HTTP/1.1 1010 x\r\n", "HTTP/1.1 400 101\r\n");
  CAPTURE(head);
  CHECK(error_of(head) == Errc::unsupported);
}

TEST_CASE("what is not HTTP is malformed") {
  const std::string text = GENERATE(
      as<std::string>{}, "INVITE sip:bob@example.com SIP/2.0\r\n", "OPTIONS sip:a SIP/2.0\r\n",
      "INV", "OPTIONS s", "SIP/2.0 200 OK\r\n", "get / HTTP/1.1\r\n", "GET\r\n", "GET \r\n",
      "GET / SIP/2.0\r\n", "GET / HTTP/1.\r\n", "GET / HTTP/1.x\r\n", "GET / HTTP/1.10\r\n",
      "HTTP/1.1\r\n", "HTTP/2 200\r\n", "HTTP/1.x 101\r\n", "PRI * HTTP/2.0\r\n", "\r\n", "{");
  CAPTURE(text);
  CHECK(error_of(text) == Errc::malformed);
}

TEST_CASE("a head ends within 16 KiB, or is over the limit") {
  const std::string_view start = request_head.substr(0, request_head.size() - 2);
  const std::string name = "X: ";
  std::string head = std::string(start) + name;
  head += std::string(max_http_head_bytes - head.size() - 4, 'x') + "\r\n\r\n";
  REQUIRE(head.size() == max_http_head_bytes);
  CHECK(error_of(head) == Errc::none);
  CHECK(error_of(head.substr(0, head.size() - 1)) == Errc::incomplete);
  const std::string longer = std::string(start) + name + "x" + head.substr(start.size() + 3);
  CHECK(error_of(longer) == Errc::over_limit);
  CHECK(error_of(longer.substr(0, max_http_head_bytes)) == Errc::over_limit);
  CHECK(error_of("GET /" + std::string(max_http_head_bytes, 'x')) == Errc::over_limit);
}

TEST_CASE("a head is read without allocation") {
  const test::AllocationCounter counter;
  const bool ok = parse_http_upgrade(as_bytes(request_head)).ok();
  CHECK(counter.count() == 0);
  CHECK(ok);
}
