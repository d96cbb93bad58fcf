#include "agent/report/file_forms.hpp"

#include <pcap/pcap.h>

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <vector>

#include "agent/report/frame_json.hpp"
#include "agent/report/frame_line.hpp"
#include "proto/net/decode.hpp"
#include "proto/net/link.hpp"
#include "tests/support/allocation_counter.hpp"
#include "tests/support/hep_vectors.hpp"
#include "tests/support/hep_views.hpp"
#include "tests/support/hex.hpp"
#include "tests/support/temp_folder.hpp"

using namespace heptap;
using test::from_hex;
using test::view_of;

namespace {

struct Read {
  timeval time;
  std::vector<std::uint8_t> bytes;
  std::size_t missing_bytes;
};

// libpcap reads pcapng, if all interfaces are of one link type.
std::vector<Read> read_back(const std::string& content) {
  test::TempFolder folder;
  const auto file = folder.write("a.pcapng", content);
  char error[PCAP_ERRBUF_SIZE];
  pcap_t* const handle = pcap_open_offline(file.c_str(), error);
  REQUIRE(handle != nullptr);
  CHECK(pcap_datalink(handle) == DLT_EN10MB);
  std::vector<Read> out;
  pcap_pkthdr* header = nullptr;
  const u_char* data = nullptr;
  int result = 0;
  while ((result = pcap_next_ex(handle, &header, &data)) == 1) {
    out.push_back({header->ts, {data, data + header->caplen}, header->len - header->caplen});
  }
  CHECK(result == PCAP_ERROR_BREAK);  // the end, and no error
  pcap_close(handle);
  return out;
}

// Of a file that has the frame alone.
Read only_packet_of(Bytes frame) {
  const auto form = make_pcapng_form();
  std::string content;
  form->begin(content);
  form->add(frame, content);
  const auto packets = read_back(content);
  REQUIRE(packets.size() == 1);
  return packets[0];
}

// A frame of RTCP as JSON.
std::vector<std::uint8_t> no_sip() {
  auto frame = from_hex(test::hep_v1_hex);
  constexpr std::array<std::uint8_t, 6> type{0, 0, 0, 11, 0, 7};
  const auto at = std::search(frame.begin(), frame.end(), type.begin(), type.end());
  REQUIRE(at != frame.end());
  at[type.size()] = 5;
  return frame;
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t times = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++times;
  return times;
}

}  // namespace

TEST_CASE("lines are those of collect") {
  const auto frame = from_hex(test::hep_v1_hex);
  std::string json;
  append_json_record(frame, json);
  CHECK(json == json_line(view_of(frame)) + "\n");
  std::string console;
  append_console_record(frame, console);
  CHECK(console == console_line(view_of(frame)) + "\n");
  append_json_record(Bytes(frame).first(10), json);
  CHECK(count(json, "\n") == 1);
}

TEST_CASE("once a node and a connection are known, a packet in a capture costs no allocation") {
  auto frame = from_hex(test::hep_v1_hex);
  const auto is_tcp = GENERATE(false, true);
  CAPTURE(is_tcp);
  REQUIRE(frame[19] == 17);
  if (is_tcp) frame[19] = 6;
  const auto form = make_pcapng_form();
  std::string out;
  out.reserve(1 << 20);
  form->begin(out);
  form->add(frame, out);
  const std::size_t before = out.size();
  const test::AllocationCounter allocations;
  for (int i = 0; i < 10; ++i) form->add(frame, out);
  CHECK(allocations.count() == 0);
  CHECK(out.size() > before + 10 * frame.size() / 2);
}

TEST_CASE("frames are packets in a capture, with their microseconds and one interface a node") {
  const auto frame = from_hex(test::hep_v1_hex);
  const hep::HepView view = view_of(frame);
  const auto form = make_pcapng_form();
  std::string content;
  form->begin(content);
  for (int i = 0; i < 3; ++i) form->add(frame, content);
  const auto packets = read_back(content);
  REQUIRE(packets.size() == 3);
  CHECK(packets[2].time.tv_sec == view.time_seconds);
  CHECK(packets[2].time.tv_usec == view.time_micros);
  const auto& bytes = packets[2].bytes;
  const Bytes payload = Bytes(bytes).last(view.payload.size());
  CHECK(std::equal(payload.begin(), payload.end(), view.payload.begin()));
  CHECK(count(content, std::to_string(view.node_id)) >= 1);
}

TEST_CASE("each file describes the interfaces that are in it") {
  const auto frame = from_hex(test::hep_v1_hex);
  for (int file = 0; file < 2; ++file) {
    const auto form = make_pcapng_form();
    std::string content;
    form->begin(content);
    form->add(frame, content);
    CHECK(read_back(content).size() == 1);
  }
}

TEST_CASE("what is no SIP over UDP or TCP is a packet with the whole frame in it") {
  const auto frame = no_sip();
  const Read packet = only_packet_of(frame);
  const auto& bytes = packet.bytes;
  REQUIRE(bytes.size() > frame.size());
  CHECK(std::equal(frame.begin(), frame.end(), bytes.end() - static_cast<long>(frame.size())));
}

TEST_CASE("of a frame that no datagram holds the first part is there, and how long it was") {
  struct Row {
    std::size_t size;
    std::size_t missing;
  };
  const auto row = GENERATE(values<Row>({{65'507, 0}, {65'508, 1}, {65'535, 28}}));
  CAPTURE(row.size);
  auto frame = no_sip();
  const std::size_t chunk_bytes = row.size - frame.size();
  for (const std::size_t value : {std::size_t{0x1234}, std::size_t{1}, chunk_bytes}) {
    frame.push_back(static_cast<std::uint8_t>(value >> 8U));  // a chunk that nobody knows
    frame.push_back(static_cast<std::uint8_t>(value & 0xffU));
  }
  frame.resize(row.size);
  frame[4] = static_cast<std::uint8_t>(row.size >> 8U);
  frame[5] = static_cast<std::uint8_t>(row.size & 0xffU);
  const Read packet = only_packet_of(frame);
  CHECK(packet.missing_bytes == row.missing);
  Packet p;
  REQUIRE(Decoder().decode(link_type::ethernet, packet.bytes, 0, p) == Decoded::packet);
  CHECK(p.payload.size() == row.size - row.missing);
  CHECK(std::equal(p.payload.begin(), p.payload.end(), frame.begin()));
}
