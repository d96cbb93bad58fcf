#include "agent/report/pcap_writer.hpp"

#include <pcap/pcap.h>

#include <catch2/catch.hpp>
#include <memory>

#include "proto/net/decode.hpp"
#include "proto/net/link.hpp"
#include "tests/support/hep_vectors.hpp"
#include "tests/support/hep_views.hpp"
#include "tests/support/hex.hpp"
#include "tests/support/temp_folder.hpp"

using namespace heptap;
using heptap::test::from_hex;
using heptap::test::TempFolder;
using heptap::test::view_of;

namespace {

struct Written {
  timeval time;
  std::vector<std::uint8_t> bytes;
};

std::vector<Written> read_back(const std::string& path) {
  char error[PCAP_ERRBUF_SIZE];
  pcap_t* handle = pcap_open_offline(path.c_str(), error);
  REQUIRE(handle != nullptr);
  CHECK(pcap_datalink(handle) == DLT_EN10MB);
  std::vector<Written> out;
  pcap_pkthdr* header = nullptr;
  const u_char* data = nullptr;
  while (pcap_next_ex(handle, &header, &data) == 1) {
    out.push_back({header->ts, {data, data + header->caplen}});
  }
  pcap_close(handle);
  return out;
}

}  // namespace

TEST_CASE("a written packet decodes to what its HEP frame says") {
  const TempFolder folder;
  const std::string file = folder.path() / "written.pcap";
  auto v1 = from_hex(test::hep_v1_hex);
  auto v3 = from_hex(test::hep_v3_hex);
  hep::HepView udp4 = view_of(v1);
  udp4.vlan_id = 100;
  udp4.ip_tos = 0xb8;
  hep::HepView udp6 = view_of(v3);
  udp6.payload_type = 1;
  {
    PcapWriter writer(file);
    CHECK(writer.write(udp4));
    CHECK(writer.write(udp6));
    writer.flush();
  }
  const auto packets = read_back(file);
  REQUIRE(packets.size() == 2);
  CHECK(packets[0].time.tv_sec == 1'700'000'000);
  CHECK(packets[0].time.tv_usec == 123'456);
  Packet p;
  REQUIRE(Decoder().decode(link_type::ethernet, packets[0].bytes, 0, p) == Decoded::packet);
  CHECK(to_string(p.source, p.source_port) == "192.0.2.10:5060");
  CHECK(p.vlan_id == 100);
  CHECK(p.traffic_class == 0xb8);
  CHECK(as_text(p.payload) == "OPTIONS sip:a@b SIP/2.0\r\n\r\n");
  REQUIRE(Decoder().decode(link_type::ethernet, packets[1].bytes, 0, p) == Decoded::packet);
  CHECK(to_string(p.destination, p.destination_port) == "[2001:db8::2]:50001");
  CHECK(as_text(p.payload) == "{}");
}

TEST_CASE("messages of one TCP connection follow each other in sequence") {
  const TempFolder folder;
  const std::string file = folder.path() / "written.pcap";
  auto frame = from_hex(test::hep_v1_hex);
  hep::HepView tcp = view_of(frame);
  tcp.ip_protocol = 6;
  {
    PcapWriter writer(file);
    for (int i = 0; i < 3; ++i) CHECK(writer.write(tcp));
  }
  const auto packets = read_back(file);
  REQUIRE(packets.size() == 3);
  std::uint32_t next = 1;
  for (const auto& packet : packets) {
    Packet p;
    REQUIRE(Decoder().decode(link_type::ethernet, packet.bytes, 0, p) == Decoded::packet);
    CHECK(p.tcp_sequence == next);
    next += static_cast<std::uint32_t>(p.payload.size());
  }
}

TEST_CASE("what is no packet is not written") {
  const TempFolder folder;
  const std::string file = folder.path() / "written.pcap";
  auto frame = from_hex(test::hep_v3_hex);
  hep::HepView rtcp_json = view_of(frame);
  hep::HepView sctp = rtcp_json;
  sctp.payload_type = 1;
  sctp.ip_protocol = 132;
  PcapWriter writer(file);
  CHECK_FALSE(writer.write(rtcp_json));
  CHECK_FALSE(writer.write(sctp));
  hep::HepView compressed = rtcp_json;
  compressed.payload_type = 1;
  compressed.compressed_payload = std::exchange(compressed.payload, {});
  CHECK_FALSE(writer.write(compressed));
}

TEST_CASE("a file that cannot be made is an error that names it") {
  CHECK_THROWS_WITH(PcapWriter("/nonexistent/x.pcap"), Catch::Contains("/nonexistent/x.pcap"));
}
