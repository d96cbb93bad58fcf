#include "agent/pipeline/duplicates.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <functional>
#include <thread>
#include <vector>

#include "tests/support/sip_text.hpp"

using namespace heptap;

namespace {

constexpr std::int64_t window_us = 5000;
constexpr std::int64_t start_us = 1'700'000'000'000'000;
constexpr std::uint64_t seed = 7;
constexpr std::size_t capacity = 2048;

Packet datagram() {
  Packet out;
  out.source.octets = {192, 0, 2, 10};
  out.destination.octets = {198, 51, 100, 20};
  out.source_port = 5060;
  out.destination_port = 5080;
  out.ip_protocol = ip_protocol_udp;
  out.ip_identification = 99;
  return out;
}

bool is_copy(DuplicateWindow& window, const Packet& packet, std::int64_t time_us,
             std::string_view payload = "INVITE") {
  return window.is_copy(packet, BytesHash(seed)(as_bytes(payload)), time_us);
}

using Change = std::function<void(Packet&)>;

}  // namespace

TEST_CASE("what only the way of the mirror changes makes no other packet") {
  struct Row {
    const char* why;
    Change change;
  };
  const auto row = GENERATE(values<Row>({
      {"nothing", [](Packet&) {}},
      {"another VLAN", [](Packet& p) { p.vlan_id = 100; }},
      {"a tunnel around it", [](Packet& p) { p.tunnels = 1; }},
      {"another class of traffic", [](Packet& p) { p.traffic_class = 0xb8; }},
  }));
  CAPTURE(row.why);
  DuplicateWindow window(window_us, seed);
  Packet packet = datagram();
  CHECK_FALSE(is_copy(window, packet, start_us));
  row.change(packet);
  CHECK(is_copy(window, packet, start_us + 1));
}

TEST_CASE("what a sender changes makes another packet") {
  struct Row {
    const char* why;
    Change change;
  };
  const auto row = GENERATE(values<Row>({
      {"IP identification", [](Packet& p) { ++p.ip_identification; }},
      {"source", [](Packet& p) { ++p.source.octets[3]; }},
      {"destination", [](Packet& p) { ++p.destination.octets[0]; }},
      {"source port", [](Packet& p) { ++p.source_port; }},
      {"destination port", [](Packet& p) { --p.destination_port; }},
      {"the way back", [](Packet& p) { std::swap(p.source, p.destination); }},
      {"ports changed for one another",
       [](Packet& p) { std::swap(p.source_port, p.destination_port); }},
      {"the other family", [](Packet& p) { p.source.family = IpFamily::v6; }},
  }));
  CAPTURE(row.why);
  DuplicateWindow window(window_us, seed);
  Packet packet = datagram();
  CHECK_FALSE(is_copy(window, packet, start_us));
  row.change(packet);
  CHECK_FALSE(is_copy(window, packet, start_us));
}

TEST_CASE("a payload that differs in any byte is another packet") {
  const std::string original = test::request("INVITE", "one", std::string(500, 'b'));
  for (std::size_t i = 0; i <= original.size(); ++i) {
    DuplicateWindow window(window_us, seed);
    REQUIRE_FALSE(is_copy(window, datagram(), start_us, original));
    std::string other = original;
    if (i < other.size()) {
      other[i] ^= 1;
    } else {
      other += '\n';
    }
    REQUIRE_FALSE(is_copy(window, datagram(), start_us, other));
    REQUIRE(is_copy(window, datagram(), start_us, original));
  }
}

TEST_CASE("a copy comes within the window, in front of the other or behind it") {
  struct Row {
    std::int64_t distance_us;
    bool want;
  };
  const auto row = GENERATE(values<Row>({{0, true},
                                         {1, true},
                                         {window_us, true},
                                         {window_us + 1, false},
                                         {500'000, false},  // T1 of RFC 3261
                                         {-1, true},
                                         {-window_us, true},
                                         {-window_us - 1, false},
                                         {-3'600'000'000, false}}));
  CAPTURE(row.distance_us);
  DuplicateWindow window(window_us, seed);
  CHECK_FALSE(is_copy(window, datagram(), start_us));
  CHECK(is_copy(window, datagram(), start_us + row.distance_us) == row.want);
}

TEST_CASE("a packet that was sent again has copies of its own") {
  DuplicateWindow window(window_us, seed);
  const std::int64_t again_us = start_us + 500'000;
  CHECK_FALSE(is_copy(window, datagram(), start_us));
  CHECK(is_copy(window, datagram(), start_us + 10));
  CHECK(is_copy(window, datagram(), start_us + 20));
  CHECK_FALSE(is_copy(window, datagram(), again_us));
  CHECK(is_copy(window, datagram(), again_us + 10));
}

TEST_CASE("without a window nothing is a copy") {
  DuplicateWindow window(0, seed);
  CHECK_FALSE(is_copy(window, datagram(), start_us));
  CHECK_FALSE(is_copy(window, datagram(), start_us));
}

TEST_CASE("at time zero, too, the first packet is no copy") {
  DuplicateWindow window(window_us, seed);
  CHECK_FALSE(is_copy(window, datagram(), 0));
  CHECK(is_copy(window, datagram(), 0));
}

TEST_CASE("of more packets than it keeps, the youngest are known") {
  DuplicateWindow window(window_us, seed);
  Packet packet = datagram();
  const auto numbered = [&](std::size_t i) {
    packet.ip_identification = static_cast<std::uint16_t>(i);
    return packet;
  };
  const auto time_of = [](std::size_t i) { return start_us + static_cast<std::int64_t>(i / 100); };
  for (std::size_t i = 0; i < 8 * capacity; ++i) {
    REQUIRE_FALSE(is_copy(window, numbered(i), time_of(i)));
  }
  constexpr std::size_t last = 8 * capacity - 1;
  for (std::size_t i = 0; i < 8; ++i) CHECK(is_copy(window, numbered(last - i), time_of(last)));
  std::size_t known = 0;
  for (std::size_t i = 0; i <= last; ++i) known += is_copy(window, numbered(i), time_of(last));
  CHECK(known < 2 * capacity);  // each that is not known takes the place of another
}

TEST_CASE("at 200,000 packets a second, nearly all of the window are known") {
  const std::int64_t length_us = GENERATE(1'000, window_us, 12'000, 100'000);
  CAPTURE(length_us);
  DuplicateWindow window(length_us, seed);
  Packet packet = datagram();
  const std::int64_t count = length_us / 5;
  std::int64_t copies = 0;
  for (const bool is_second : {false, true}) {
    for (std::int64_t i = 0; i < count; ++i) {
      packet.ip_identification = static_cast<std::uint16_t>(i);
      copies += is_copy(window, packet, start_us + 5 * i);
    }
    if (!is_second) CHECK(copies == 0);
  }
  CHECK(copies > count * 9 / 10);
}

TEST_CASE("what is forgotten was never here") {
  DuplicateWindow window(window_us, seed);
  CHECK_FALSE(is_copy(window, datagram(), start_us));
  window.forget();
  CHECK_FALSE(is_copy(window, datagram(), start_us));
}

TEST_CASE("of the copies that threads see at one time, one is none") {
  DuplicateWindow window(window_us, seed, DuplicateWindow::Use::several_threads);
  constexpr int packets = 200;  // no more than the window surely holds
  std::atomic<int> originals = 0;
  std::vector<std::thread> workers;
  constexpr int threads = 4;
  workers.reserve(threads);
  for (int worker = 0; worker < threads; ++worker) {
    workers.emplace_back([&] {
      for (int i = 0; i < packets; ++i) {
        if (!is_copy(window, datagram(), start_us + i, std::to_string(i))) ++originals;
      }
    });
  }
  for (std::thread& worker : workers) worker.join();
  CHECK(originals == packets);
}
