#include "tests/bench/traffic_shape.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <set>
#include <vector>

#include "proto/net/packet.hpp"
#include "tests/bench/internet_sum.hpp"

using namespace heptap;
using namespace heptap::bench;

namespace {

constexpr std::uint64_t message_count = 3000;

struct Record {
  std::int64_t time_ns;
  PacketBytes frame;

  friend bool operator==(const Record&, const Record&) = default;
};

std::vector<Record> records_of(Shape shape) {
  ShapedTraffic traffic(shape, message_count);
  std::vector<Record> records;
  RawFrame frame;
  while (traffic.next(frame)) {
    CHECK(frame.wire_bytes == frame.bytes.size());
    records.push_back({frame.time_ns, {frame.bytes.begin(), frame.bytes.end()}});
  }
  return records;
}

// Of all shapes the truth: the messages as CallTraffic has them.
std::vector<Record> plain_records() {
  CallTraffic traffic;
  std::vector<Record> records;
  for (std::uint64_t i = 0; i < message_count; ++i) {
    const RawFrame frame = traffic.next();
    records.push_back({frame.time_ns, {frame.bytes.begin(), frame.bytes.end()}});
  }
  return records;
}

std::uint16_t be16_at(std::size_t offset, Bytes in) {
  return ByteReader(in.subspan(offset)).be16();
}

}  // namespace

TEST_CASE("the plain shape is the traffic as it is") {
  CHECK(records_of(Shape::plain) == plain_records());
}

TEST_CASE("frames of every shape come in order of time") {
  const auto shape = GENERATE(Shape::plain, Shape::vxlan, Shape::fragments, Shape::tcp);
  CAPTURE(static_cast<int>(shape));
  const auto records = records_of(shape);
  CHECK(std::is_sorted(records.begin(), records.end(),
                       [](const Record& a, const Record& b) { return a.time_ns < b.time_ns; }));
}

TEST_CASE("VXLAN holds the plain frames, each at its time, behind a VLAN tag") {
  constexpr std::size_t outside_bytes = 14 + 4 + 20 + 8 + 8;
  auto records = records_of(Shape::vxlan);
  for (Record& record : records) {
    const Bytes frame = record.frame;
    CHECK(be16_at(12, frame) == 0x8100);
    CHECK((be16_at(14, frame) & 0xfffU) != 0);
    CHECK(be16_at(16, frame) == 0x0800);
    CHECK(is_all_ones(internet_sum(frame.subspan(18, 20))));
    CHECK(be16_at(40, frame) == 4789);
    CHECK(be16_at(42, frame) == frame.size() - 38);
    CHECK(be16_at(44, frame) == 0);
    CHECK(be16_at(46, frame) == 0x0800);  // an identifier is there
    record.frame.erase(record.frame.begin(), record.frame.begin() + outside_bytes);
  }
  CHECK(records == plain_records());
}

// RFC 7348 section 5
TEST_CASE("the source port outside is of the dynamic ones, and always the same for a flow") {
  std::map<PacketBytes, std::set<std::uint16_t>> ports_of_flow;
  std::set<std::uint16_t> ports;
  for (const Record& record : records_of(Shape::vxlan)) {
    const Bytes frame = record.frame;
    const std::uint16_t port = be16_at(38, frame);
    const Bytes addresses = frame.subspan(54 + 26, 8);
    CHECK(port >= 49'152);
    ports.insert(port);
    ports_of_flow[{addresses.begin(), addresses.end()}].insert(port);
  }
  for (const auto& [flow, of_flow] : ports_of_flow) CHECK(of_flow.size() == 1);
  CHECK(ports.size() > ports_of_flow.size() * 4 / 5);
}

TEST_CASE("two fragments make each datagram, the second follows at once or a little later") {
  const auto plain = plain_records();
  const auto records = records_of(Shape::fragments);
  REQUIRE(records.size() == 2 * message_count);
  std::map<std::uint16_t, const Record*> first_of;
  std::size_t complete = 0;
  std::size_t apart = 0;
  for (std::size_t i = 0; i < records.size(); ++i) {
    const Bytes frame = records[i].frame;
    CHECK(is_header_right(frame));
    CHECK(be16_at(16, frame) == frame.size() - 14);
    const std::uint16_t id = be16_at(18, frame);
    const std::uint16_t field = be16_at(20, frame);
    if (field == 0x2000) {
      CHECK(first_of.emplace(id, &records[i]).second);  // fewer than 65536, so ids are their own
      continue;
    }
    REQUIRE(first_of.count(id) == 1);
    const Record& first = *first_of[id];
    const std::size_t first_bytes = first.frame.size() - 34;
    CHECK(field * 8U == first_bytes);
    CHECK(first_bytes < frame.size() - 34 + 16);  // half of it, or the next multiple of eight
    CHECK(first_bytes + 1 >= frame.size() - 34);
    PacketBytes datagram(first.frame.begin() + 34, first.frame.end());
    datagram.insert(datagram.end(), frame.begin() + 34, frame.end());
    CHECK(is_transport_right(frame, datagram));
    CHECK(std::equal(datagram.begin(), datagram.end(), plain[id].frame.begin() + 34,
                     plain[id].frame.end()));
    CHECK(first.time_ns == plain[id].time_ns);
    CHECK(records[i].time_ns > first.time_ns);
    CHECK(records[i].time_ns < first.time_ns + 5'000'000);
    if (&records[i - 1] != &first) ++apart;
    ++complete;
  }
  CHECK(complete == message_count);
  CHECK(apart > message_count / 50);
  CHECK(apart < message_count / 5);
}

TEST_CASE("over TCP all messages have left at the end") {
  std::size_t sent = 0;
  for (const Record& record : plain_records()) sent += record.frame.size() - frame_head_bytes;
  std::size_t received = 0;
  for (const Record& record : records_of(Shape::tcp)) {
    const std::size_t head_bytes = std::size_t{record.frame[34 + 12]} / 16 * 4;
    received += record.frame.size() - 34 - head_bytes;
  }
  CHECK(received == sent);
}
