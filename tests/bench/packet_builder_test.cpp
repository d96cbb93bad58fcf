#include "tests/bench/packet_builder.hpp"

#include <catch2/catch.hpp>
#include <string_view>

using namespace heptap;
using namespace heptap::bench;

// RFC 3720 appendix B.4 has the CRC of 32 zeros: 0x8a9136aa.
TEST_CASE("the checksum of SCTP is CRC-32C, its lowest octet first") {
  PacketBytes packet(32);
  set_sctp_checksum(packet);
  CHECK(ByteReader(Bytes(packet).subspan(8)).be32() == 0xaa36918a);
}

TEST_CASE("an SCTP packet has one DATA chunk, padded, with the length that it has without") {
  const std::string_view text = "hello";
  const PacketBytes packet = sctp_packet({.ports = {1000, 5060},
                                          .tag = 0x11223344,
                                          .tsn = 0xfffffffe,
                                          .sequence = 7,
                                          .flags = sctp_begin},
                                         as_bytes(text));
  REQUIRE(packet.size() == 12 + 16 + 8);
  ByteReader in{Bytes(packet)};
  CHECK(in.be16() == 1000);
  CHECK(in.be16() == 5060);
  CHECK(in.be32() == 0x11223344);
  in.skip(4);
  CHECK(in.be16() == 0x0002);
  CHECK(in.be16() == 16 + 5);
  CHECK(in.be32() == 0xfffffffe);
  CHECK(in.be32() == 7);
  CHECK(in.be32() == 0);
  CHECK(as_text(in.bytes(5)) == text);
  CHECK(in.be16() == 0);
  PacketBytes same = packet;
  set_sctp_checksum(same);
  CHECK(same == packet);
}
