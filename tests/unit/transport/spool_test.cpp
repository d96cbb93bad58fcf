#include "transport/spool/spool.hpp"

#include "tests/support/hanging_file.hpp"
#include "tests/support/temp_folder.hpp"
#include "tests/unit/transport/certificates.hpp"
#include "tests/unit/transport/peers.hpp"

#include <catch2/catch.hpp>

#include <fcntl.h>

#include <csignal>

#include <chrono>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace heptap {
namespace {

using namespace std::chrono_literals;
using test::Arrivals;
using test::eventually;
using test::RawPeer;
using test::send_frames;
using test::Sink;

constexpr std::size_t small_ring = FrameRing::min_bytes;

CollectorOptions spooled(const Endpoint& endpoint, const std::filesystem::path& folder) {
  CollectorOptions options = test::quick(endpoint);
  options.name = "c";
  options.spool.emplace().folder = folder;
  options.spool->sync_every = 10ms;
  options.spool_after = 0ms;
  return options;
}

bool spool_adds_up(const SpoolCounters& spool) {
  return spool.found + spool.taken == spool.sent + spool.lost.total() + spool.held;
}

void check(const CollectorSnapshot& one) {
  CHECK(test::adds_up(one));
  REQUIRE(one.spool);
  CHECK(spool_adds_up(*one.spool));
  CHECK(one.frames.spooled == one.spool->taken);
}

class Told {
 public:
  EventSink sink() {
    return [this](EventLevel, const std::string& text) {
      const std::lock_guard lock(mutex_);
      all_ += text + '\n';
    };
  }
  [[nodiscard]] bool has(const std::string& text) const {
    const std::lock_guard lock(mutex_);
    return all_.find(text) != std::string::npos;
  }

 private:
  mutable std::mutex mutex_;
  std::string all_;
};

/// The next segment of a spool that has one frame.
constexpr const char* second_segment = "0000000000000001.spool";

void spool_one_frame(const CollectorOptions& options) {
  Transport transport({options}, small_ring, {});
  transport.start();
  REQUIRE(send_frames(transport, 0, 1) == 1);
  REQUIRE(eventually([&] { return transport.snapshot()[0].frames.spooled == 1; }));
  transport.stop();
  REQUIRE(transport.snapshot()[0].spool->held == 1);
}

/// A port that refuses until somebody listens there.
Endpoint free_endpoint() {
  const RawPeer peer;
  return peer.endpoint();
}

/// gives     whether its only collector is connected, and has its spool
bool is_ready(Transport& transport) {
  const CollectorSnapshot now = transport.snapshot()[0];
  return now.state == CollectorState::up && std::filesystem::exists(now.spool_folder / "position");
}

}  // namespace

TEST_CASE("frames for a collector that is down go to disk, and arrive when it is up") {
  const test::TempFolder folder;
  Arrivals arrivals;
  const Endpoint endpoint = free_endpoint();
  Transport transport({spooled(endpoint, folder.path() / "c")}, small_ring, {});
  transport.start();
  const std::uint32_t count = 20'000;  // ten times the ring
  REQUIRE(send_frames(transport, 0, count) == count);
  REQUIRE(eventually([&] { return transport.snapshot()[0].frames.spooled == count; }));
  Sink sink(arrivals, endpoint);
  const auto ledger = transport.drain();
  check(ledger[0]);
  CHECK(ledger[0].spool->sent == count);
  CHECK(ledger[0].frames.lost.total() == 0);
  CHECK(arrivals.distinct() == count);
  CHECK(arrivals.disordered() == 0);
  CHECK(arrivals.bad() == 0);
}

TEST_CASE("what a collector could not take before the end is sent by the next run") {
  const test::TempFolder folder;
  const Endpoint endpoint = free_endpoint();
  const auto options = spooled(endpoint, folder.path() / "c");
  const std::uint32_t count = 3'000;
  {
    Transport transport({options}, small_ring, {});
    transport.start();
    REQUIRE(send_frames(transport, 0, count) == count);
    REQUIRE(eventually([&] { return transport.snapshot()[0].frames.entered == count; }));
    transport.stop();
    const auto ledger = transport.snapshot();
    check(ledger[0]);
    CHECK(ledger[0].spool->held == count);
    CHECK(ledger[0].frames.lost.total() == 0);
  }
  Arrivals arrivals;
  Sink sink(arrivals, endpoint);
  Transport transport({options}, small_ring, {});
  transport.start();
  REQUIRE(send_frames(transport, count, 5) == 5);
  REQUIRE(eventually([&] { return arrivals.distinct() == count + 5; }));
  const auto ledger = transport.drain();
  check(ledger[0]);
  CHECK(ledger[0].spool->found == count);
  CHECK(ledger[0].spool->sent + ledger[0].frames.sent == count + 5);
  CHECK(arrivals.distinct() == count + 5);
}

TEST_CASE(
    "what has arrived is not sent again when the process dies, however seldom the disk is waited "
    "for") {
  const test::TempFolder folder;
  Arrivals arrivals;
  const Endpoint endpoint = free_endpoint();
  auto options = spooled(endpoint, folder.path() / "c");
  options.spool->sync_every = 1h;
  options.spool->frames_per_second = 2'000;
  options.resend_bytes = 0;
  Transport transport({options}, small_ring, {});
  transport.start();
  const std::uint32_t count = 3'000;
  REQUIRE(send_frames(transport, 0, count) == count);
  REQUIRE(eventually([&] { return transport.snapshot()[0].frames.spooled == count; }));
  const auto killed = folder.path() / "killed";
  const auto held = [&] {
    std::filesystem::remove_all(killed);
    std::filesystem::create_directory(killed);
    for (const auto& file : std::filesystem::directory_iterator(options.spool->folder)) {
      std::error_code gone;
      std::filesystem::copy(file.path(), killed / file.path().filename(), gone);
    }
    const SpoolStore found(killed, {}, {.steady = std::chrono::steady_clock::now(), .wall_us = 0});
    return found.counters().held;
  };
  CHECK(eventually([&] { return held() == count; }));
  Sink sink(arrivals, endpoint);
  std::uint64_t left = count;
  CHECK(eventually([&] {
    left = held();
    return left != count;
  }));
  CHECK(left > 0);
  check(transport.drain()[0]);
  CHECK(arrivals.distinct() == count);
}

TEST_CASE("a collector that is not waited for any longer loses nothing that its spool has") {
  const test::TempFolder folder;
  auto options = spooled(free_endpoint(), folder.path() / "c");
  options.give_up_after = 300ms;
  Transport transport({options}, small_ring, {});
  transport.start();
  const std::uint32_t count = 20'000;
  REQUIRE(send_frames(transport, 0, count) == count);
  const auto ledger = transport.drain();
  check(ledger[0]);
  CHECK(ledger[0].frames.lost.total() == 0);
  CHECK(ledger[0].spool->held == count);
  CHECK(ledger[0].spool_folder == folder.path() / "c");
}

TEST_CASE("what a changed collector had in its spool is on the ledger of the one that left") {
  const test::TempFolder folder;
  auto options = spooled(free_endpoint(), folder.path() / "c");
  Transport transport({options}, small_ring, {});
  transport.start();
  REQUIRE(send_frames(transport, 0, 100) == 100);
  REQUIRE(eventually([&] { return transport.snapshot()[0].frames.spooled == 100; }));
  options.spool->frames_per_second = 5;
  static_cast<void>(transport.reconfigure({options}, 100ms));
  REQUIRE(eventually([&] { return transport.snapshot()[0].spool->found == 100; }));
  const auto all = transport.account();
  REQUIRE(all.departed.size() == 1);
  check(all.departed[0]);
  CHECK(all.departed[0].spool->held == 100);
}

TEST_CASE("who has nothing to send waits for what an earlier run has left") {
  const test::TempFolder folder;
  const Endpoint endpoint = free_endpoint();
  const auto options = spooled(endpoint, folder.path() / "c");
  {
    Transport transport({options}, small_ring, {});
    transport.start();
    REQUIRE(send_frames(transport, 0, 500) == 500);
    transport.stop();
  }
  Arrivals arrivals;
  Sink sink(arrivals, endpoint);
  Transport transport({options}, small_ring, {});
  transport.start();
  check(transport.drain()[0]);
  CHECK(arrivals.distinct() == 500);
}

TEST_CASE("frames out of a spool that the peer has perhaps not read stay in it") {
  const test::TempFolder folder;
  RawPeer peer;
  auto options = spooled(peer.endpoint(), folder.path() / "c");
  options.give_up_after = options.close_timeout = 300ms;
  Transport transport({options}, small_ring, {});
  transport.start();
  REQUIRE(send_frames(transport, 0, 5) == 5);
  REQUIRE(eventually([&] { return transport.snapshot()[0].frames.spooled == 5; }));
  peer.listen();
  const auto ledger = transport.drain();
  check(ledger[0]);
  CHECK(ledger[0].frames.lost.total() == 0);
  CHECK(ledger[0].spool->sent == 0);
  CHECK(ledger[0].spool->held == 5);
}

TEST_CASE("frames that the peer has perhaps not read go to the spool in the end") {
  const test::TempFolder folder;
  RawPeer peer;
  peer.listen();
  auto options = spooled(peer.endpoint(), folder.path() / "c");
  options.spool_after = 1h;
  options.close_timeout = 20ms;
  Transport transport({options}, small_ring, {});
  transport.start();
  REQUIRE(eventually([&] { return transport.snapshot()[0].state == CollectorState::up; }));
  REQUIRE(send_frames(transport, 0, 5) == 5);
  const auto ledger = transport.drain();
  check(ledger[0]);
  CHECK(ledger[0].frames.lost.total() == 0);
  CHECK(ledger[0].frames.spooled == 5);
  CHECK(ledger[0].spool->held == 5);
}

TEST_CASE("a spool that is in use is waited for") {
  const test::TempFolder folder;
  const Endpoint endpoint = free_endpoint();
  const auto options = spooled(endpoint, folder.path() / "c");
  std::mutex mutex;
  std::string told;
  const auto tells = [&](const char* what) {
    return eventually([&] {
      const std::lock_guard lock(mutex);
      return told.find(what) != std::string::npos;
    });
  };
  auto first = std::make_unique<Transport>(std::vector{options}, small_ring, EventSink());
  first->start();
  REQUIRE(eventually([&] { return std::filesystem::exists(options.spool->folder / "position"); }));
  Transport second({options}, small_ring, [&](EventLevel, const std::string& text) {
    const std::lock_guard lock(mutex);
    told += text + '\n';
  });
  second.start();
  REQUIRE(send_frames(second, 0, 100) == 100);
  CHECK(tells("is in use, by another process or by a collector that leaves"));
  CHECK(second.snapshot()[0].frames.spooled == 0);
  first.reset();
  CHECK(tells("c: the spool can be used"));
  REQUIRE(eventually([&] { return second.snapshot()[0].frames.spooled == 100; }));
  second.stop();
}

TEST_CASE("when a collector goes away while the ring is full, all goes to its spool") {
  const test::TempFolder folder;
  auto peer = std::make_unique<RawPeer>();
  peer->listen(64 * 1024);
  auto options = spooled(peer->endpoint(), folder.path() / "c");
  options.producers_wait = true;
  Transport transport({options}, small_ring, {});
  transport.start();
  peer->accept();
  const std::uint32_t count = 50'000;
  std::thread producer([&] { send_frames(transport, 0, count); });
  CHECK(eventually([&] { return transport.snapshot()[0].kept_bytes > small_ring * 9 / 10; }));
  peer.reset();
  const bool all_left = eventually([&] {
    const auto frames = transport.snapshot()[0].frames;
    return frames.sent + frames.spooled == count;
  });
  CHECK(all_left);
  if (!all_left) transport.stop();
  producer.join();
  transport.stop();
  check(transport.snapshot()[0]);
}

TEST_CASE("a collector that does not read slows nobody, and has all from its spool later") {
  const test::TempFolder folder;
  Arrivals healthy_arrivals;
  Sink healthy(healthy_arrivals);
  std::optional<RawPeer> stalled(std::in_place);
  stalled->listen(64 * 1024);
  const Endpoint endpoint = stalled->endpoint();
  auto healthy_options = test::quick(healthy.endpoint());
  healthy_options.name = "healthy";
  Transport transport({healthy_options, spooled(endpoint, folder.path() / "c")},
                      std::size_t{16} << 20U, {});
  transport.start();
  stalled->accept();
  const std::uint32_t count = 100'000;
  constexpr std::uint64_t both = 3;
  REQUIRE(send_frames(transport, 0, count, 500, both) == count);
  REQUIRE(eventually([&] { return healthy_arrivals.distinct() == count; }));
  auto now = transport.snapshot();
  CHECK(now[1].frames.spooled > count / 2);
  CHECK(now[1].state == CollectorState::spooling);

  stalled.reset();  // what it had not read is sent again
  Arrivals late;
  Sink reader(late, endpoint);
  const auto ledger = transport.drain();
  check(ledger[1]);
  CHECK(ledger[0].frames.sent == count);
  CHECK(ledger[1].frames.lost.total() == 0);
  CHECK(ledger[1].spool->held == 0);
  CHECK(late.distinct() == count);
  CHECK(late.duplicates() <= ledger[1].frames.resent + ledger[1].spool->resent);
}

TEST_CASE("without a spool a collector that does not read loses frames, and others none") {
  Arrivals arrivals;
  Sink healthy(arrivals);
  RawPeer stalled;
  stalled.listen();
  auto healthy_options = test::quick(healthy.endpoint());
  auto stalled_options = test::quick(stalled.endpoint());
  healthy_options.producers_wait = stalled_options.producers_wait = false;
  Transport transport({healthy_options, stalled_options}, std::size_t{16} << 20U, {});
  transport.start();
  const std::uint32_t count = 150'000;
  constexpr std::uint64_t both = 3;
  REQUIRE(send_frames(transport, 0, count, 500, both) == count);
  REQUIRE(eventually([&] { return arrivals.distinct() == count; }));
  transport.stop();
  const auto ledger = transport.snapshot();
  CHECK(ledger[0].frames.lost.too_slow == 0);
  CHECK(ledger[1].frames.lost.too_slow > 0);
  CHECK(test::adds_up(ledger[1]));
}

TEST_CASE("a spool that cannot be used is told once, and frames stay where they are") {
  test::TempFolder folder;
  const auto file = folder.write("c", "a file");
  std::mutex mutex;
  std::string told;
  RawPeer peer;
  Transport transport({spooled(peer.endpoint(), file)}, small_ring,
                      [&](EventLevel level, const std::string& text) {
                        const std::lock_guard lock(mutex);
                        if (level == EventLevel::error) told += text + '\n';
                      });
  transport.start();
  REQUIRE(send_frames(transport, 0, 100) == 100);
  REQUIRE(eventually([&] {
    const std::lock_guard lock(mutex);
    return !told.empty();
  }));
  CHECK(transport.snapshot()[0].frames.held() == 100);
  const std::lock_guard lock(mutex);
  CHECK_THAT(told, Catch::StartsWith("c: no spool: ") && Catch::Contains(file.string()));
}

TEST_CASE("a spool is sent no faster than it may be beside new frames") {
  const test::TempFolder folder;
  Arrivals arrivals;
  const Endpoint endpoint = free_endpoint();
  auto options = spooled(endpoint, folder.path() / "c");
  options.spool->frames_per_second = 1000;
  Transport transport({options}, small_ring, {});
  transport.start();
  const std::uint32_t count = 1'000;
  REQUIRE(send_frames(transport, 0, count) == count);
  REQUIRE(eventually([&] { return transport.snapshot()[0].frames.spooled == count; }));
  const auto begin = std::chrono::steady_clock::now();
  Sink sink(arrivals, endpoint);
  REQUIRE(eventually([&] { return arrivals.distinct() == count; }));
  CHECK(std::chrono::steady_clock::now() - begin >= 800ms);  // the first 100 may go at once
  check(transport.drain()[0]);
}

TEST_CASE("a spool that cannot begin to send says why, once, and keeps what it has") {
  const test::TempFolder folder;
  auto options = spooled(free_endpoint(), folder.path() / "c");
  options.endpoint.carrier = Carrier::tls;
  options.tls.ca_file = (folder.path() / "none.pem").string();
  std::mutex mutex;
  std::string told;
  const auto tell = [&](EventLevel level, const std::string& text) {
    const std::lock_guard lock(mutex);
    if (level == EventLevel::error) told += text + '\n';
  };
  Spool spool(options, "c", tell, {});
  REQUIRE(eventually([&] { return spool.has_looked(); }));
  const std::vector<std::uint8_t> frame(100, 'x');
  REQUIRE(spool.put({.time_us = 1, .bytes = frame}));
  spool.set_pace(SpoolPace::alone);
  REQUIRE(eventually([&] {
    const std::lock_guard lock(mutex);
    return !told.empty();
  }));
  spool.finish();
  REQUIRE(spool.ends_within(60s));
  CHECK_FALSE(spool.put({.time_us = 1, .bytes = frame}));
  CHECK(spool.counters().held == 1);
  CHECK_THAT(told, Catch::StartsWith("c: the spool cannot be sent now: cannot use the CA file ") &&
                       Catch::EndsWith("No such file or directory\n"));
}

TEST_CASE("a spool sends over TLS with the files as its collector has read them") {
  const test::TempFolder folder;
  test::Authority authority;
  const auto identity = authority.issue("IP:127.0.0.1");
  Endpoint endpoint = free_endpoint();
  endpoint.carrier = Carrier::tls;
  auto options = spooled(endpoint, folder.path() / "c");
  options.tls.ca_file = (folder.path() / "ca.pem").string();
  std::filesystem::copy_file(authority.ca_file(), options.tls.ca_file);
  Transport transport({options}, small_ring, {});
  std::filesystem::remove(options.tls.ca_file);
  transport.start();
  REQUIRE(send_frames(transport, 0, 1'000) == 1'000);
  REQUIRE(eventually([&] { return transport.snapshot()[0].frames.spooled == 1'000; }));
  Arrivals arrivals;
  Sink sink(arrivals, endpoint, {identity.certificate_file, identity.key_file, {}});
  check(transport.drain()[0]);
  CHECK(arrivals.distinct() == 1'000);
}

TEST_CASE("a collector that was too slow is up again though frames keep coming") {
  const test::TempFolder folder;
  std::optional<RawPeer> stalled(std::in_place);
  stalled->listen(64 * 1024);
  const Endpoint endpoint = stalled->endpoint();
  auto options = spooled(endpoint, folder.path() / "c");
  options.producers_wait = false;
  Transport transport({options}, std::size_t{16} << 20U, {});
  transport.start();
  stalled->accept();
  const auto is = [&](CollectorState state) { return transport.snapshot()[0].state == state; };
  REQUIRE(eventually([&] { return is_ready(transport); }));
  std::uint32_t count = 32'000;  // 95 % of the ring
  REQUIRE(send_frames(transport, 0, count) == count);
  REQUIRE(eventually([&] { return is(CollectorState::spooling); }));
  stalled.reset();
  Arrivals arrivals;
  Sink sink(arrivals, endpoint);
  CHECK(eventually([&] {
    count += send_frames(transport, count, 1);
    return eventually([&] { return arrivals.distinct() == count; }) && is(CollectorState::up);
  }));
  check(transport.drain()[0]);
}

TEST_CASE("what a large ring holds of a collector that does not read goes to its spool") {
  const test::TempFolder folder;
  RawPeer stalled;
  stalled.listen(64 * 1024);
  auto options = spooled(stalled.endpoint(), folder.path() / "c");
  options.producers_wait = false;
  Transport transport({options}, std::size_t{64} << 20U, {});
  transport.start();
  stalled.accept();
  REQUIRE(eventually([&] { return is_ready(transport); }));
  const std::uint32_t count = 16'600;
  constexpr std::size_t size = 4'000;  // 99 % of the ring
  REQUIRE(send_frames(transport, 0, count, size) == count);
  REQUIRE(eventually([&] { return transport.snapshot()[0].frames.held() == 0; }));
  transport.stop();
  const auto ledger = transport.snapshot();
  check(ledger[0]);
  CHECK(ledger[0].frames.lost.total() == 0);
}

TEST_CASE("a collector that only its disk waits for is not kept until the next attempt") {
  const test::TempFolder folder;
  auto options = spooled(free_endpoint(), folder.path() / "c");
  options.producers_wait = false;
  options.spool_after = 200ms;
  options.backoff_min = options.backoff_max = 1h;
  Transport transport({options}, small_ring, {});
  transport.start();
  REQUIRE(eventually([&] { return transport.snapshot()[0].state == CollectorState::backoff; }));
  REQUIRE(send_frames(transport, 0, 100) == 100);
  const auto ledger = transport.drain();
  check(ledger[0]);
  CHECK(ledger[0].spool->held == 100);
}

TEST_CASE("who waits for a collector that does not read has its frames in its spool at last") {
  const test::TempFolder folder;
  RawPeer stalled;
  stalled.listen(64 * 1024);
  auto options = spooled(stalled.endpoint(), folder.path() / "c");
  options.give_up_after = 300ms;
  Transport transport({options}, small_ring, {});
  transport.start();
  stalled.accept();
  const std::uint32_t count = 20'000;
  REQUIRE(send_frames(transport, 0, count) == count);
  const auto ledger = transport.drain();
  check(ledger[0]);
  CHECK(ledger[0].frames.lost.total() == 0);
  CHECK(ledger[0].spool->held > count / 2);
}

TEST_CASE("a spool whose disk hangs holds up neither the others nor the end") {
  const test::TempFolder folder;
  auto hung = spooled(free_endpoint(), folder.path() / "c");
  hung.producers_wait = false;
  spool_one_frame(hung);
  Arrivals arrivals;
  Sink sink(arrivals);
  CollectorOptions good = test::quick(sink.endpoint());
  good.name = "good";
  {
    Told told;
    Transport transport({hung, good}, small_ring, told.sink());
    transport.start();
    REQUIRE(eventually([&] { return told.has("1 frames of an earlier run"); }));
    const test::HangingFile hangs(folder.path() / "c" / second_segment);
    REQUIRE(send_frames(transport, 0, 100, 500, 3) == 100);
    const auto bits = transport.reconfigure({good}, 10ms);
    const auto only_good = std::uint64_t{1} << bits[0];
    CHECK(send_frames(transport, 100, 5'000, 500, only_good) == 5'000);
    CHECK(eventually([&] { return arrivals.distinct() == 5'100; }));
    CHECK_FALSE(told.has("does not answer"));  // it was not waited for
    const auto ledger = transport.drain();
    REQUIRE(ledger.size() == 2);
    check(ledger[1]);
    CHECK(ledger[1].state == CollectorState::closed);
    CHECK(ledger[1].frames.spooled == 100);
    CHECK(ledger[1].spool->lost.disk == 100);
    CHECK(ledger[1].spool->held == 1);
    CHECK(told.has("the disk of " + (folder.path() / "c").string() + ", or who"));
  }
  Transport next({hung}, small_ring, {});
  next.start();  // the thread that was left behind lets go of the folder in the end
  CHECK(eventually([&] { return next.snapshot()[0].spool->found == 101; }));
}

TEST_CASE("a spool whose folder hangs ends, and what waits for it is lost") {
  const test::TempFolder folder;
  const auto options = spooled(free_endpoint(), folder.path() / "c");
  spool_one_frame(options);
  const test::HangingFile hangs(folder.path() / "c" / "lock");
  Told told;
  Transport transport({options}, small_ring, told.sink());
  transport.start();
  REQUIRE(send_frames(transport, 0, 100) == 100);
  transport.stop();
  const auto ledger = transport.snapshot();
  check(ledger[0]);
  CHECK(ledger[0].state == CollectorState::given_up);
  CHECK(ledger[0].frames.lost.given_up == 100);
  CHECK(told.has("the disk of " + (folder.path() / "c").string() + ", or who"));
}

TEST_CASE("a disk that answers again in time has all that a leaving collector held") {
  const test::TempFolder folder;
  auto leaving = spooled(free_endpoint(), folder.path() / "c");
  spool_one_frame(leaving);
  Arrivals arrivals;
  Sink sink(arrivals);
  CollectorOptions good = test::quick(sink.endpoint());
  good.name = "good";
  Told told;
  Transport transport({leaving, good}, std::size_t{64} << 20U, told.sink());
  transport.start();
  REQUIRE(eventually([&] { return told.has("1 frames of an earlier run"); }));
  const std::uint32_t count = 50'000;  // more than the way to the disk has room for
  {
    const test::HangingFile hangs(folder.path() / "c" / second_segment);
    REQUIRE(send_frames(transport, 0, count, 500, 3) == count);
    const auto bits = transport.reconfigure({good}, 0ms);
    CHECK(send_frames(transport, count, 100, 500, std::uint64_t{1} << bits[0]) == 100);
    CHECK(eventually([&] { return arrivals.distinct() == count + 100; }));
  }
  const auto ledger = transport.drain();
  REQUIRE(ledger.size() == 2);
  check(ledger[1]);
  CHECK(ledger[1].state == CollectorState::closed);
  CHECK(ledger[1].spool->held == count + 1);
  CHECK(ledger[1].frames.lost.total() == 0);
  CHECK_FALSE(told.has("does not answer"));
}

}  // namespace heptap
