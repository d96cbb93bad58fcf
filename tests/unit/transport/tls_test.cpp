#include "transport/tls.hpp"

#include "tests/unit/transport/certificates.hpp"
#include "tests/unit/transport/peers.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <thread>

namespace heptap {
namespace {

using std::chrono::milliseconds;
using test::Arrivals;
using test::Authority;
using test::eventually;
using test::Identity;
using test::quick;
using test::RawPeer;
using test::send_frames;
using test::Sink;

constexpr std::size_t small_ring = FrameRing::min_bytes;
constexpr std::size_t large_ring = std::size_t{16} << 20U;  // half of it: any receive buffer
constexpr const char* everybody = "DNS:collector.example,DNS:localhost,IP:127.0.0.1,IP:::1";
constexpr std::uint32_t count = 3000;

TlsServerOptions server(const Identity& identity, const std::string& client_ca = {}) {
  return {identity.certificate_file, identity.key_file, client_ca};
}

CollectorOptions client(const Endpoint& endpoint, const std::string& ca_file) {
  auto options = quick(endpoint);
  options.endpoint.carrier = Carrier::tls;
  options.tls.ca_file = ca_file;
  return options;
}

CollectorSnapshot deliver(const CollectorOptions& options) {
  Transport transport({options}, small_ring, {});
  transport.start();
  CHECK(send_frames(transport, 0, count) == count);
  return transport.drain().front();
}

void check_delivered(const CollectorSnapshot& ledger, const Arrivals& arrivals) {
  CAPTURE(ledger.last_error);
  CHECK(ledger.frames.sent == count);
  CHECK(ledger.frames.resent == 0);
  CHECK(arrivals.distinct() == count);
  CHECK(arrivals.duplicates() == 0);
  CHECK(arrivals.bad() == 0);
}

TEST_CASE("frames arrive over TLS when the right CA vouches for the collector") {
  Authority authority;
  Arrivals arrivals;
  SECTION("by address or name of the endpoint") {
    const auto* const host = GENERATE("127.0.0.1", "::1", "localhost");
    if (!test::has_host(host)) return;
    CAPTURE(host);
    Sink sink(arrivals, {Carrier::tls, host, 0}, server(authority.issue(everybody)));
    check_delivered(deliver(client(sink.endpoint(), authority.ca_file())), arrivals);
  }
  SECTION("by a server name of its own") {
    Sink sink(arrivals, {Carrier::tls, "127.0.0.1", 0},
              server(authority.issue("DNS:collector.example")));
    auto options = client(sink.endpoint(), authority.ca_file());
    options.tls.server_name = "collector.example";
    check_delivered(deliver(options), arrivals);
  }
  SECTION("with the client certificate it demands") {
    Authority clients;
    Sink sink(arrivals, {Carrier::tls, "127.0.0.1", 0},
              server(authority.issue(everybody), clients.ca_file()));
    auto options = client(sink.endpoint(), authority.ca_file());
    const Identity own = clients.issue("DNS:agent.example");
    options.tls.certificate_file = own.certificate_file;
    options.tls.key_file = own.key_file;
    check_delivered(deliver(options), arrivals);
  }
  SECTION("without verification, whoever it is") {
    Sink sink(arrivals, {Carrier::tls, "127.0.0.1", 0},
              server(authority.issue("DNS:somebody.else", -1)));
    auto options = client(sink.endpoint(), "");
    options.tls.verify = false;
    check_delivered(deliver(options), arrivals);
  }
}

TEST_CASE("a collector that cannot be trusted gets nothing, and the reason is told") {
  struct Row {
    const char* what;
    const char* names;
    long valid_seconds;
    bool right_ca;
    const char* reason;
  };
  const auto row = GENERATE(values<Row>({
      {"wrong CA", everybody, 3600, false, "unable to get local issuer certificate"},
      {"expired", everybody, -1, true, "certificate has expired"},
      {"wrong address", "DNS:collector.example,IP:10.1.2.3", 3600, true,
       "IP address mismatch: certificate is for collector.example, 10.1.2.3"},
  }));
  CAPTURE(row.what);
  Authority authority;
  Authority other;
  Arrivals arrivals;
  Sink sink(arrivals, {Carrier::tls, "127.0.0.1", 0},
            server(authority.issue(row.names, row.valid_seconds)));
  auto options = client(sink.endpoint(), row.right_ca ? authority.ca_file() : other.ca_file());
  options.give_up_after = milliseconds(100);
  const auto ledger = deliver(options);
  CHECK(ledger.frames.lost.given_up == count);
  CHECK_THAT(ledger.last_error, Catch::Contains(row.reason));
  CHECK(ledger.connects == 0);
  CHECK(arrivals.total() == 0);
  CHECK_THAT(sink.events(), Catch::Contains("alert from the peer"));
}

TEST_CASE("a certificate for another name is refused, and its names are told") {
  Authority authority;
  Arrivals arrivals;
  Sink sink(arrivals, {Carrier::tls, "127.0.0.1", 0},
            server(authority.issue("DNS:a.example,DNS:b.example")));
  auto options = client(sink.endpoint(), authority.ca_file());
  options.tls.server_name = "collector.example";
  options.give_up_after = milliseconds(100);
  CHECK_THAT(deliver(options).last_error,
             Catch::Contains("hostname mismatch: certificate is for a.example, b.example"));
  CHECK(arrivals.total() == 0);
}

TEST_CASE("a peer that does not speak TLS is told apart") {
  RawPeer peer;
  peer.listen();
  auto options = client(peer.endpoint(), "");
  Transport transport({options}, small_ring, {});
  transport.start();
  send_frames(transport, 0, 1);
  peer.accept();
  peer.write("HTTP/1.1 400 Bad Request\r\n\r\n");
  CHECK(eventually([&] {
    return transport.snapshot()[0].last_error.find("the peer does not speak TLS") !=
           std::string::npos;
  }));
  peer.accept();
  peer.close();
  CHECK(eventually([&] {
    return transport.snapshot()[0].last_error.find("during the TLS handshake") != std::string::npos;
  }));
}

TEST_CASE("a peer that never answers the handshake is left") {
  RawPeer peer;
  peer.listen();
  auto options = client(peer.endpoint(), "");
  options.connect_timeout = milliseconds(20);
  Transport transport({options}, small_ring, {});
  transport.start();
  CHECK(eventually([&] {
    return transport.snapshot()[0].last_error.find("no answer to the TLS handshake") !=
           std::string::npos;
  }));
}

/// In TLS 1.3 the refusal comes when we are up and writing already.
TEST_CASE("a collector that refuses our client certificate says so, and nothing counts as sent") {
  Authority authority;
  Authority clients;
  Arrivals arrivals;
  Sink sink(arrivals, {Carrier::tls, "127.0.0.1", 0},
            server(authority.issue(everybody), clients.ca_file()));
  auto options = client(sink.endpoint(), authority.ca_file());
  options.give_up_after = milliseconds(200);
  std::string reason;
  SECTION("none given") { reason = "alert from the peer: tlsv13 alert certificate required"; }
  SECTION("one of another CA given") {
    const Identity own = authority.issue("DNS:agent.example");
    options.tls.certificate_file = own.certificate_file;
    options.tls.key_file = own.key_file;
    reason = "alert from the peer: tlsv1 alert unknown ca";
  }
  const auto ledger = deliver(options);
  CHECK(ledger.frames.sent == 0);
  CHECK(ledger.frames.lost.total() == count);
  CHECK_THAT(ledger.last_error, Catch::Contains(reason));
  CHECK(arrivals.total() == 0);
}

TEST_CASE("a TLS collector killed and restarted loses nothing") {
  Authority authority;
  const auto identity = server(authority.issue(everybody));
  Arrivals arrivals;
  std::optional<Sink> sink(std::in_place, arrivals, Endpoint{Carrier::tls, "127.0.0.1", 0},
                           identity);
  const Endpoint endpoint = sink->endpoint();
  Transport transport({client(endpoint, authority.ca_file())}, large_ring, {});
  transport.start();
  std::uint32_t sent = 0;
  for (int kill = 0; kill < 3; ++kill) {
    const std::uint32_t before = sent;
    sent += send_frames(transport, sent, count);
    CHECK(eventually([&] { return arrivals.distinct() > before + 50; }));
    sink.reset();
    sink.emplace(arrivals, endpoint, identity);
  }
  const auto ledger = transport.drain();
  CHECK(ledger[0].frames.sent == 3 * count);
  CHECK(arrivals.distinct() == 3 * count);
  CHECK(arrivals.bad() == 0);
  CHECK(arrivals.duplicates() <= ledger[0].frames.resent);
}

TEST_CASE("without coalescing each frame is a write of its own") {
  Authority authority;
  Arrivals arrivals;
  Sink sink(arrivals, {Carrier::tls, "127.0.0.1", 0}, server(authority.issue(everybody)));
  auto options = client(sink.endpoint(), authority.ca_file());
  options.coalesce = GENERATE(false, true);
  check_delivered(deliver(options), arrivals);
  if (options.coalesce) {
    CHECK(sink.deliveries() < count / 2);
  } else {
    CHECK(sink.deliveries() == count);  // a TLS record each
  }
}

TEST_CASE("frames that are scattered in the ring arrive over TLS too") {
  Authority authority;
  Arrivals arrivals;
  Arrivals others;
  Sink sink(arrivals, {Carrier::tls, "127.0.0.1", 0}, server(authority.issue(everybody)));
  Sink other(others);
  Transport transport({client(sink.endpoint(), authority.ca_file()), quick(other.endpoint())},
                      small_ring, {});
  transport.start();
  for (std::uint32_t i = 0; i < count; ++i) send_frames(transport, i, 1, 300, i % 2 == 0 ? 1 : 2);
  const auto ledger = transport.drain();
  CHECK(ledger[0].frames.sent == count / 2);
  CHECK(arrivals.distinct() == count / 2);
  CHECK(arrivals.bad() == 0);
}

TEST_CASE("TLS files that cannot be used are named before anything starts") {
  Authority authority;
  const Identity one = authority.issue(everybody);
  const Identity two = authority.issue(everybody);
  TlsOptions options;
  SECTION("no such CA file") {
    options.ca_file = "/nonexistent/ca.pem";
    CHECK_THROWS_WITH(make_client_context(options),
                      Catch::Contains("cannot use the CA file /nonexistent/ca.pem"));
  }
  SECTION("a key is not a certificate") {
    options.certificate_file = one.key_file;
    CHECK_THROWS_WITH(make_client_context(options),
                      Catch::Contains("cannot use the certificate " + one.key_file));
  }
  SECTION("the key of another certificate") {
    options.certificate_file = one.certificate_file;
    options.key_file = two.key_file;
    CHECK_THROWS_WITH(make_client_context(options), Catch::Contains(two.key_file));
  }
  SECTION("a listener without a key") {
    CHECK_THROWS_WITH(make_server_context({one.certificate_file, "", ""}),
                      Catch::Contains("cannot use the key " + one.certificate_file));
  }
}

}  // namespace
}  // namespace heptap
