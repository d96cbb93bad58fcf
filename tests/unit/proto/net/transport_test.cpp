#include "proto/net/transport.hpp"

#include "tests/unit/proto/net/inner_sip.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

struct Reader {
  explicit Reader(const Frame& segment, bool truncated = false) {
    packet.truncated = truncated;
    at.rest = segment;
  }
  Packet packet;
  Cursor at{{}, packet};
};

}  // namespace

TEST_CASE("a UDP length says what is missing") {
  struct Row {
    const char* why;
    std::size_t length;
    std::size_t captured;  // of 12 octets
    bool truncated;        // the IP packet
    Decoded want;
    std::size_t payload;
    bool still_truncated;
    std::size_t cut = 0;
  };
  const auto row = GENERATE(values<Row>({
      {"all there", 12, 12, false, Decoded::packet, 4, false},
      {"padding of IP behind it", 10, 12, false, Decoded::packet, 2, false},
      {"only padding is missing", 10, 11, true, Decoded::packet, 2, false},
      {"cut", 12, 11, true, Decoded::packet, 3, true, 1},
      {"cut behind the header", 12, 8, true, Decoded::packet, 0, true, 4},
      {"empty", 8, 12, false, Decoded::packet, 0, false},
      {"0 means all", 0, 12, false, Decoded::packet, 4, false},
      {"0 of a cut one", 0, 11, true, Decoded::packet, 3, true},
      {"header cut", 12, 7, true, Decoded::transport_truncated, 0, true},
      {"longer than IP says", 13, 12, false, Decoded::transport_malformed, 0, false},
      {"shorter than itself", 7, 12, false, Decoded::transport_malformed, 0, false},
  }));
  CAPTURE(row.why);
  Frame datagram = udp(text("SIP/"));
  datagram[5] = static_cast<std::uint8_t>(row.length);
  datagram.resize(row.captured);
  Reader reader(datagram, row.truncated);
  const Step step = take_udp(reader.at);
  REQUIRE(to_string(step.ends() ? step.reason() : Decoded::packet) == to_string(row.want));
  CHECK(reader.packet.payload.size() == row.payload);
  CHECK(reader.packet.truncated == row.still_truncated);
  CHECK(reader.packet.cut_bytes == row.cut);
}

TEST_CASE("TCP options are no payload") {
  Frame segment = joined(from_hex("13c413d8 00000007 00000000 80180000 00000000"),
                         from_hex("0101080a 0000000100000002"));
  const std::size_t header_bytes = segment.size();
  segment = joined(segment, text(sip_request));
  Reader whole(segment);
  REQUIRE(take_tcp(whole.at).next() == Layer::payload);
  CHECK(as_text(whole.packet.payload) == sip_request);
  for (std::size_t n = 0; n < header_bytes; ++n) {
    CAPTURE(n);
    const Frame prefix(segment.begin(), segment.begin() + static_cast<std::ptrdiff_t>(n));
    Reader cut(prefix, true);
    CHECK(take_tcp(cut.at).reason() == Decoded::transport_truncated);
    Reader wrong(prefix);
    CHECK(take_tcp(wrong.at).ends());
    CHECK(wrong.packet.payload.empty());
  }
}
