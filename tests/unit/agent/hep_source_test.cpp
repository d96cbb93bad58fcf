#include "agent/hep_source.hpp"

#include <poll.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "tests/support/hep_vectors.hpp"
#include "tests/support/hex.hpp"
#include "tests/support/sip_text.hpp"
#include "tests/unit/agent/hep_sender.hpp"

using namespace heptap;
using heptap::test::frame_of;
using heptap::test::from_hex;
using heptap::test::HepSender;

namespace {

using Frame = std::vector<std::uint8_t>;

void wait_until(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (!condition()) {
    REQUIRE(std::chrono::steady_clock::now() < deadline);
    std::this_thread::yield();
  }
}

struct Scene {
  explicit Scene(const std::vector<Carrier>& carriers) {
    std::vector<HepSourceOptions> options;
    options.reserve(carriers.size());
    for (const Carrier carrier : carriers) {
      options.push_back({.listen = {carrier, "127.0.0.1", 0}, .tls = {}, .auth_key = {}});
    }
    source.emplace(options, hep::Identity{}, ring, calls);
  }

  FrameRing ring{FrameRing::min_bytes};
  CallTable calls{CallLimits{}};
  std::optional<HepSource> source;
};

// Holds who logs a line until it may go on.
class HoldingSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  HoldingSink(std::promise<void>& logs, std::promise<void>& go_on)
      : logs_(logs), go_on_(go_on.get_future()) {}

 private:
  void sink_it_(const spdlog::details::log_msg& /*line*/) override {
    logs_.set_value();
    go_on_.wait();
  }
  void flush_() override {}

  std::promise<void>& logs_;
  std::future<void> go_on_;
};

}  // namespace

TEST_CASE("what comes over datagrams and connections is in the ring") {
  Scene scene({Carrier::udp, Carrier::tcp});
  HepSource& source = *scene.source;
  const auto where = source.endpoints();
  REQUIRE(where.size() == 2);
  source.start();
  const HepSender datagrams(where[0]);
  const HepSender stream(where[1]);
  datagrams.send(from_hex(test::hep_v1_hex));
  stream.send(from_hex(test::hep_v3_hex));
  wait_until([&] { return scene.ring.head() == 2; });
  datagrams.send({'x'});
  source.stop();

  const Ledger ledger = source.ledger();
  CHECK(ledger.fault().empty());
  REQUIRE(ledger.sources.size() == 2);
  CHECK(ledger.sources[0].name == to_string(where[0]));
  CHECK(ledger.sources[0].entered == 2);
  CHECK(ledger.sources[0].left == 1);
  CHECK(ledger.sources[1].left == 1);
  REQUIRE(ledger.way.size() == 1);
  CHECK(ledger.way[0].joined == 2);
  CHECK(ledger.way[0].left == 2);
}

TEST_CASE("a key that is changed counts for what comes from then on") {
  Scene scene({Carrier::udp});
  HepSource& source = *scene.source;
  source.start();
  const HepSender datagrams(source.endpoints().front());
  datagrams.send(from_hex(test::hep_v3_hex));
  wait_until([&] { return scene.ring.head() == 1; });
  source.set_auth_keys({"another one"});
  datagrams.send(from_hex(test::hep_v3_hex));
  wait_until([&] { return source.ledger().sources.at(0).dropped_count() == 1; });
  source.set_auth_keys({""});
  datagrams.send(from_hex(test::hep_v3_hex));
  wait_until([&] { return scene.ring.head() == 2; });
  source.stop();
  CHECK(source.ledger().fault().empty());
}

TEST_CASE("what had come before it stops is given on") {
  Scene scene({Carrier::udp});
  const HepSender datagrams(scene.source->endpoints()[0]);
  for (int i = 0; i < 20; ++i) datagrams.send(from_hex(test::hep_v1_hex));
  scene.source->start();
  scene.source->stop();
  CHECK(scene.ring.head() == 20);
  CHECK(scene.source->ledger().sources[0].left == 20);
}

TEST_CASE("a full ring drops what comes, and holds nobody up") {
  Scene scene({Carrier::tcp});
  HepSource& source = *scene.source;
  source.start();
  const HepSender stream(source.endpoints()[0]);
  Frame frame = from_hex(test::hep_v1_hex);
  const std::size_t payload_chunk = frame.size() - 33;
  frame.resize(60'000, 'x');
  frame[4] = 60'000 >> 8;
  frame[5] = 60'000 & 0xff;
  const std::size_t chunk_bytes = frame.size() - payload_chunk;
  frame[payload_chunk + 4] = static_cast<std::uint8_t>(chunk_bytes >> 8U);
  frame[payload_chunk + 5] = static_cast<std::uint8_t>(chunk_bytes);
  const std::uint64_t count = 100;
  for (std::uint64_t i = 0; i < count; ++i) stream.send(frame);
  wait_until([&] { return source.ledger().sources[0].left == count; });
  source.stop();
  const Ledger ledger = source.ledger();
  CHECK(ledger.fault().empty());
  CHECK(ledger.way[0].left == FrameRing::min_bytes / frame.size());
  REQUIRE(ledger.way[0].dropped.size() == 1);
  CHECK(ledger.way[0].dropped[0].reason == "ring_full");
}

TEST_CASE("who sends no HEP over a connection is let go") {
  Scene scene({Carrier::tcp});
  scene.source->start();
  const HepSender stream(scene.source->endpoints()[0]);
  stream.send({'G', 'E', 'T', ' ', '/'});
  CHECK(stream.is_closed_by_peer());
}

TEST_CASE("it gives signs of life while it runs") {
  Scene scene({Carrier::udp});
  CHECK_FALSE(scene.source->alive());
  scene.source->start();
  CHECK(scene.source->alive());
  wait_until([&] { return scene.source->alive(); });
  scene.source->stop();
  CHECK_FALSE(scene.source->alive());
}

TEST_CASE("it stops although its clock has rung meanwhile") {
  std::promise<void> logs;
  std::promise<void> go_on;
  const auto logger = spdlog::default_logger();
  Scene scene({Carrier::udp});
  spdlog::set_default_logger(
      std::make_shared<spdlog::logger>("holds", std::make_shared<HoldingSink>(logs, go_on)));
  scene.source->start();
  const HepSender datagrams(scene.source->endpoints()[0]);
  datagrams.send({'x'});  // is logged: the thread is held there
  logs.get_future().wait();
  auto stopped = std::async(std::launch::async, [&] { scene.source->stop(); });
  // It publishes more often than this: both its clock and the stop wait for it then.
  CHECK(stopped.wait_for(std::chrono::milliseconds(300)) == std::future_status::timeout);
  go_on.set_value();
  CHECK(stopped.wait_for(std::chrono::seconds(60)) == std::future_status::ready);
  spdlog::set_default_logger(logger);
}

TEST_CASE("calls that are up at the end are reported by us, and on the ledger") {
  FrameRing ring{FrameRing::min_bytes};
  CallTable calls{CallLimits{.max_entries = 8, .keep_details = true}};
  CallReportQueue queue{8};
  TrackedCalls tracked(
      {.limits = {.max_calls = 8, .shared = true}},
      [&](std::uint64_t call, const CallState& state) { queue.push(call, state); });
  HepSource source({{.listen = {Carrier::udp, "127.0.0.1", 0}, .tls = {}, .auth_key = {}}},
                   hep::Identity{}, ring, calls,
                   {.tracked = &tracked, .reports = {&queue, &calls}});
  source.start();
  source.set_identity({.node_id = 9});
  const HepSender datagrams(source.endpoints()[0]);
  datagrams.send(frame_of(test::request("INVITE")));
  wait_until([&] { return source.figures().calls.counts.opened == 1; });
  source.stop();
  tracked.finish();
  source.send_call_reports();
  REQUIRE(ring.head() - ring.tail() == 2);
  const FrameSlot& slot = ring.slot(ring.head() - 1);
  hep::HepView report;
  REQUIRE(hep::decode({ring.bytes(slot), slot.size}, report) == hep::Fault::none);
  CHECK(report.node_id == 9);
  CHECK(report.payload_type == static_cast<std::uint8_t>(hep::PayloadType::log));
  CHECK(report.correlation_id == "one@a");
  CHECK(source.ledger().fault().empty());
  CHECK(source.ledger().way.at(0).joined == 2);
}

TEST_CASE("an address that cannot be had is said at once") {
  Scene scene({Carrier::tcp});
  const std::vector<HepSourceOptions> taken{
      {.listen = scene.source->endpoints()[0], .tls = {}, .auth_key = {}}};
  CHECK_THROWS_WITH(HepSource(taken, hep::Identity{}, scene.ring, scene.calls),
                    Catch::Contains("cannot listen on tcp://127.0.0.1:"));
}

TEST_CASE("connections leave half of the files to everything else") {
  const auto limited = [](std::size_t max_files) {
    std::vector<HepSourceOptions> sources(3);
    sources[1].listen.carrier = Carrier::tcp;
    sources[2].listen.carrier = Carrier::tls;
    limit_connections(sources, max_files);
    return sources[2].max_connections;
  };
  CHECK(limited(65536) == 1024);
  CHECK(limited(1024) == 256);
  CHECK(limited(0) == 1);
}
