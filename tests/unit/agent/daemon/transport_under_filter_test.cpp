#include <catch2/catch.hpp>
#include <filesystem>

#include "agent/daemon/seccomp_filter.hpp"
#include "tests/support/child_process.hpp"
#include "tests/support/kafka_cluster.hpp"
#include "tests/support/temp_folder.hpp"
#include "tests/unit/transport/certificates.hpp"
#include "tests/unit/transport/peers.hpp"

using namespace heptap;
using test::ChildEnd;

namespace {

constexpr std::uint32_t frame_count = 3000;
const SecuritySettings no_more_privileges{"", SeccompMode::on, false};

// Collector, connection and all threads are made after the filter; a forbidden call shows as
// frames that do not arrive, or as a dead child.
int send_all(const Endpoint& where, const TlsServerOptions& server, const TlsOptions& client) {
  install_seccomp_filter(no_more_privileges);
  test::Arrivals arrivals;
  test::Sink sink(arrivals, where, server);
  CollectorOptions options = test::quick(sink.endpoint());
  options.tls = client;
  Transport transport({options}, FrameRing::min_bytes, {});
  transport.start();
  test::send_frames(transport, 0, frame_count);
  const auto ledger = transport.drain();
  const bool all = ledger[0].frames.sent == frame_count && test::adds_up(ledger[0]);
  const bool arrived = where.carrier == Carrier::udp || arrivals.distinct() == frame_count;
  return all && arrived ? 0 : 1;
}

// The collector is not there at first.
int send_by_spool(const std::filesystem::path& folder, FileWriting files) {
  install_seccomp_filter(no_more_privileges, files);
  Endpoint where{Carrier::tcp, "127.0.0.1", 0};
  {
    const test::RawPeer peer;
    where = peer.endpoint();
  }
  CollectorOptions options = test::quick(where);
  options.spool.emplace().folder = folder;
  options.spool_after = std::chrono::milliseconds(0);
  Transport transport({options}, FrameRing::min_bytes, {});
  transport.start();
  if (files == FileWriting::none) {
    transport.stop();
    return std::filesystem::exists(folder) ? 1 : 0;
  }
  test::send_frames(transport, 0, frame_count);
  test::Arrivals arrivals;
  test::Sink sink(arrivals, where);
  const auto ledger = transport.drain();
  const bool all = test::adds_up(ledger[0]) && ledger[0].spool->lost.total() == 0;
  return all && arrivals.distinct() == frame_count ? 0 : 1;
}

// The cluster is older than the filter, but under it, too.
int send_to_kafka() {
  const test::KafkaCluster cluster;
  install_seccomp_filter(no_more_privileges);
  CollectorOptions options = test::quick({});
  options.kafka.emplace();
  options.kafka->brokers = cluster.addresses();
  options.kafka->topic = "sip";
  Transport transport({options}, FrameRing::min_bytes, {});
  transport.start();
  test::send_frames(transport, 0, frame_count);
  return transport.drain()[0].frames.sent == frame_count ? 0 : 1;
}

}  // namespace

TEST_CASE("records reach Kafka under the filter") {
  CHECK(test::in_child(send_to_kafka) == ChildEnd{0, 0});
}

TEST_CASE("a spool works under the filter that is made for it, and under no other") {
  const test::TempFolder temp;
  const auto folder = temp.path() / "spool" / "homer";
  CHECK(test::in_child([&] { return send_by_spool(folder, FileWriting::none); }) == ChildEnd{0, 0});
  CHECK(test::in_child([&] { return send_by_spool(folder, FileWriting::some); }) == ChildEnd{0, 0});
}

TEST_CASE("frames reach a collector under the filter, over UDP, TCP and by name") {
  const auto where = GENERATE(values<Endpoint>({{Carrier::udp, "127.0.0.1", 0},
                                                {Carrier::tcp, "127.0.0.1", 0},
                                                {Carrier::tcp, "localhost", 0}}));
  if (!test::has_host(where.host.c_str())) return;
  CAPTURE(static_cast<int>(where.carrier), where.host);
  CHECK(test::in_child([&] { return send_all(where, {}, {}); }) == ChildEnd{0, 0});
}

TEST_CASE("frames reach a collector under the filter over TLS") {
  test::Authority authority;
  const test::Identity identity = authority.issue("IP:127.0.0.1");
  const TlsServerOptions server{identity.certificate_file, identity.key_file, {}};
  TlsOptions client;
  client.ca_file = authority.ca_file();
  CHECK(test::in_child([&] {
          return send_all({Carrier::tls, "127.0.0.1", 0}, server, client);
        }) == ChildEnd{0, 0});
}
