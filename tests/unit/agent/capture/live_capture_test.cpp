#include "agent/capture/live_capture.hpp"

#include <unistd.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <fstream>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "tests/support/frame_builder.hpp"
#include "tests/support/packet_socket.hpp"
#include "tests/unit/agent/capture/own_network.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

const std::string missing = "heptap-missing";

LiveOptions options_of(const std::string& interface) {
  LiveOptions out;
  out.interface = interface;
  return out;
}

/// Datagrams go out of an interface all the while, until it is gone.
class Sending {
 public:
  Sending(const std::string& interface, std::uint16_t port)
      : socket_(interface, PacketSocket::Direction::out), thread_([this, port] { run(port); }) {
    while (!has_begun_) std::this_thread::yield();
  }
  ~Sending() {
    is_enough_ = true;
    thread_.join();
  }
  Sending(const Sending&) = delete;
  Sending& operator=(const Sending&) = delete;

 private:
  void run(std::uint16_t port) {
    const Frame one = ethernet(ipv4(udp(text("OPTIONS sip:a SIP/2.0"), port, port)));
    try {
      for (; !is_enough_; has_begun_ = true) socket_.send({8, one});
    } catch (const std::system_error&) {  // gone
    }
  }

  PacketSocket socket_;
  std::atomic<bool> has_begun_ = false;
  std::atomic<bool> is_enough_ = false;
  std::thread thread_;
};

void ignore_event(bool /*is_bad*/, const std::string& /*text*/) {}
void ignore_packet(const RawFrame& /*frame*/) {}

}  // namespace

TEST_CASE("an interface that is not there is said to be so once, and waited for") {
  std::vector<std::pair<bool, std::string>> events;
  LiveCapture capture(options_of(missing), [&](bool is_bad, const std::string& text) {
    events.emplace_back(is_bad, text);
  });
  capture.open();
  capture.open();
  REQUIRE(events.size() == 1);
  CHECK(events[0].first);
  CHECK(events[0].second.starts_with(missing + ": "));
  CHECK(events[0].second.ends_with("; waiting"));
  CHECK(capture.counts().name == missing);
  CHECK_FALSE(capture.counts().is_open);
}

TEST_CASE("without the capability an interface that is there is refused") {
  if (geteuid() == 0) {
    WARN("skipped: root may capture");
    return;
  }
  CHECK_THROWS_AS(LiveSource(options_of("lo")), CaptureError);
}

TEST_CASE("what is in the ring of an interface that goes away is read all the same") {
  const OwnNetwork network;
  if (!network) return;
  network.add_veth("far", "near");
  LiveCapture capture(options_of("near"), ignore_event);
  capture.open();
  const Sending wanted("far", 5060);
  std::thread reader([&] {
    while (capture.counts().is_open) capture.read(ignore_packet);
  });
  network.ip("link delete near");
  reader.join();
  CHECK(capture.counts().packets.received > 0);
  CHECK(capture.counts().packets.kernel_dropped == 0);
  CHECK(capture.counts().lost_at_close == 0);
  CHECK(capture.counts().times_lost == 1);
}

TEST_CASE(
    "an interface that is down or has no link is said to be so, and captured when it is back") {
  const OwnNetwork network;
  if (!network) return;
  network.add_veth("far", "near");
  std::vector<std::string> events;
  LiveCapture capture(options_of("near"),
                      [&](bool /*is_bad*/, const std::string& text) { events.push_back(text); });
  capture.open();
  const auto change = [&](const std::string& link, bool is_open) {
    network.ip("link set " + link);
    const auto deadline = LiveCapture::Clock::now() + std::chrono::seconds{60};
    while (capture.counts().is_open != is_open && LiveCapture::Clock::now() < deadline) {
      capture.read(ignore_packet);
    }
    CHECK(capture.counts().is_open == is_open);
  };
  change("near down", false);
  CHECK(events.back() == "near: is down; waiting");
  change("near up", true);
  CHECK(events.back() == "near: capturing");
  change("far down", false);
  CHECK(events.back() == "near: has no link; waiting");
  CHECK(capture.counts().times_lost == 0);
}

TEST_CASE("what came before the filter was there is not counted") {
  const OwnNetwork network;
  if (!network) return;
  network.add_veth("far", "near");
  const Sending unwanted("far", 9);
  LiveOptions options = options_of("near");
  options.expression = "port 5060";
  LiveCapture capture(options, ignore_event);
  for (int i = 0; i < 5; ++i) {
    capture.open();
    capture.close(ignore_packet);
  }
  CHECK(capture.counts().packets.received == 0);
  CHECK(capture.counts().lost_at_close == 0);
}

TEST_CASE("a filter that the kernel has no memory for is made smaller") {
  const OwnNetwork network;
  if (!network) return;
  network.add_veth("far", "near");
  LiveOptions options = options_of("near");
  options.filter.exclusions.assign(150, {17, IpAddress{}, 9060, {}, 0});
  if (!(std::ofstream("/proc/sys/net/core/optmem_max") << 10'000).flush()) {
    WARN("skipped: this kernel has one limit for all network namespaces");
    return;
  }
  LiveCapture capture(options, ignore_event);
  capture.open();
  CHECK(capture.counts().is_open);
}
