#include "proto/sip/encoding.hpp"

#include <catch2/catch.hpp>
#include <string>

using namespace heptap;

TEST_CASE("an encoding name has one number, in any case, and gives its name back") {
  CHECK(encoding_id("PCMU") != encoding_unknown);
  CHECK(encoding_id("pcmu") == encoding_id("PCMU"));
  CHECK(encoding_id("Telephone-Event") == encoding_id("telephone-event"));
  CHECK(encoding_id("AMR") != encoding_id("AMR-WB"));
  for (int id = 1; id < 256; ++id) {
    const std::string_view name = encoding_name(static_cast<EncodingId>(id));
    if (!name.empty()) CHECK(encoding_id(name) == id);
  }
}

TEST_CASE("an encoding that nobody lists has no number and no name") {
  CHECK(encoding_id("") == encoding_unknown);
  CHECK(encoding_id("PCM") == encoding_unknown);
  CHECK(encoding_id(std::string(1000, 'x')) == encoding_unknown);
  CHECK(encoding_name(encoding_unknown).empty());
  CHECK(encoding_name(255).empty());
}

TEST_CASE("payload types that need no rtpmap have their encoding and clock") {
  struct Row {
    int payload_type;
    const char* encoding;
    std::uint32_t clock_hz;
    int channels;
  };
  for (const Row& row : {Row{0, "PCMU", 8000, 1}, Row{8, "PCMA", 8000, 1}, Row{9, "G722", 8000, 1},
                         Row{10, "L16", 44100, 2}, Row{16, "DVI4", 11025, 1},
                         Row{18, "G729", 8000, 1}, Row{34, "H263", 90000, 1}}) {
    CAPTURE(row.payload_type);
    const StaticPayload payload = static_payload(static_cast<std::uint8_t>(row.payload_type));
    CHECK(payload.encoding == row.encoding);
    CHECK(payload.clock_hz == row.clock_hz);
    CHECK(payload.channels == row.channels);
    CHECK(encoding_id(payload.encoding) != encoding_unknown);
  }
  for (int payload_type : {1, 2, 20, 72, 96, 127}) {
    CHECK(static_payload(static_cast<std::uint8_t>(payload_type)).encoding.empty());
  }
}
