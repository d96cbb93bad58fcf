#include "proto/hep/rtcp_json.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <string>

#include "proto/rtp/rtcp.hpp"
#include "tests/support/allocation_counter.hpp"
#include "tests/support/hex.hpp"
#include "tests/support/rtcp_json_rules.hpp"
#include "tests/support/vectors.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

using Datagram = std::vector<std::uint8_t>;

constexpr std::size_t room_bytes = 64 * 1024;

const boost::json::object& all_vectors() {
  static const boost::json::value all = vectors("rtcp_vectors.json");
  return all.get_object();
}

Datagram vector_of(const char* id) { return from_hex(all_vectors().at(id).as_string()); }

/// gives     the text, or the error's name
std::string json_of(const Datagram& datagram) {
  std::vector<std::uint8_t> room(room_bytes);
  const auto size = hep::encode_rtcp_json(datagram, room);
  if (!size) return std::string{to_string(size.error())};
  return std::string{as_text({room.data(), *size})};
}

}  // namespace

TEST_CASE("a compound becomes the JSON that the collectors know") {
  struct Row {
    const char* id;
    std::string want;
  };
  const auto row = GENERATE(values<Row>({
      {"R01",
       R"({"sender_information":{"ntp_timestamp_sec":3777185127,"ntp_timestamp_usec":2147483648,)"
       R"("ntp_unix_us":1568196327500000,"octets":80000,"rtp_timestamp":80000,"packets":500},)"
       R"("ssrc":287454020,"type":200,"report_count":1,"report_blocks":[{"source_ssrc":2864434397,)"
       R"("highest_seq_no":75536,"fraction_lost":26,"ia_jitter":160,"packets_lost":12,)"
       R"("lsr":979091456,"dlsr":98304}],"sdes_ssrc":287454020,"sdes_report_count":1,)"
       R"("sdes_information":[{"type":1,"text":"alice@10.0.0.1"}]})"},
      {"R02",
       R"({"ssrc":1432778632,"type":201,"report_count":1,"report_blocks":[{"source_ssrc":287454020,)"
       R"("highest_seq_no":65535,"fraction_lost":0,"ia_jitter":8,"packets_lost":-3,"lsr":0,)"
       R"("dlsr":0}]})"},
      {"R03", R"({"ssrc":1432778632,"type":201,"report_count":0,"report_blocks":[],)"
              R"("sdes_ssrc":1432778632,"sdes_report_count":1,"sdes_information":[)"
              R"({"type":1,"text":"bob"},{"type":6,"text":"SoftPhone 1.0"}]})"},
      {"R10",
       R"({"ssrc":287454020,"type":201,"report_count":1,"report_blocks":[)"
       R"({"source_ssrc":1432778632,"highest_seq_no":65546,"fraction_lost":5,"ia_jitter":80,)"
       R"("packets_lost":10,"lsr":0,"dlsr":0}],"report_blocks_xr":{"type":7,"id":1432778632,)"
       R"("fraction_lost":5,"fraction_discard":2,"burst_density":68,"gap_density":0,)"
       R"("burst_duration":120,"gap_duration":5200,"round_trip_delay":120,"end_system_delay":60},)"
       R"("voip_metrics":{"ssrc":1432778632,"loss_rate":5,"discard_rate":2,"burst_density":68,)"
       R"("gap_density":0,"burst_duration":120,"gap_duration":5200,"round_trip_delay":120,)"
       R"("end_system_delay":60,"signal_level":-20,"noise_level":-70,"rerl":55,"gmin":16,)"
       R"("r_factor":91,"mos_cq":4.2,"mos_lq":4.3,"rx_config":190,"jb_nominal":40,)"
       R"("jb_maximum":60,"jb_abs_max":300}})"},
      {"R11",
       R"({"ssrc":287454020,"type":207,"report_count":0,"report_blocks":[],"report_blocks_xr":)"
       R"({"type":7,"id":1432778632,"fraction_lost":0,"fraction_discard":0,"burst_density":0,)"
       R"("gap_density":0,"burst_duration":0,"gap_duration":0,"round_trip_delay":0,)"
       R"("end_system_delay":0},"voip_metrics":{"ssrc":1432778632,"loss_rate":0,)"
       R"("discard_rate":0,"burst_density":0,"gap_density":0,"burst_duration":0,)"
       R"("gap_duration":0,"round_trip_delay":0,"end_system_delay":0,"gmin":16,"rx_config":0,)"
       R"("jb_nominal":0,"jb_maximum":0,"jb_abs_max":0}})"},
      {"R13",
       R"({"ssrc":287454020,"type":201,"report_count":2,"report_blocks":[)"
       R"({"source_ssrc":1432778632,"highest_seq_no":50,"fraction_lost":0,"ia_jitter":0,)"
       R"("packets_lost":0,"lsr":0,"dlsr":0},{"source_ssrc":2578103244,"highest_seq_no":60,)"
       R"("fraction_lost":64,"ia_jitter":400,"packets_lost":7,"lsr":0,"dlsr":0}],)"
       R"("sdes_ssrc":287454020,"sdes_report_count":1,"sdes_information":[{"type":1,"text":"x"}]})"},
      {"R15", R"({"ssrc":287454020,"type":207,"report_count":0,"report_blocks":[]})"},
      {"R07", "unsupported"},
      {"R08", "unsupported"},
      {"R09", "unsupported"},
      {"B05", "unsupported"},
      {"B02", "incomplete"},
      {"B04", "malformed"},
  }));
  CAPTURE(row.id);
  CHECK(json_of(vector_of(row.id)) == row.want);
}

TEST_CASE("the JSON of each vector keeps the collectors' rules") {
  for (const auto& [id, hex] : all_vectors()) {
    CAPTURE(std::string{id});
    const std::string json = json_of(from_hex(hex.as_string()));
    if (json.front() == '{') CHECK(rtcp_json_faults(json) == std::vector<std::string>{});
  }
}

TEST_CASE("the strongest report gives the type, wherever it stands") {
  struct Row {
    const char* why;
    std::string_view hex;
    std::string want;  // starts with
  };
  const auto row = GENERATE(values<Row>({
      {"a sender report behind a receiver report",
       "80c90001 0000000b 80c80006 0000000a 00000000 00000000 00000000 00000001 00000001",
       R"({"sender_information":{"ntp_timestamp_sec":0,"ntp_timestamp_usec":0,"octets":1,)"
       R"("rtp_timestamp":0,"packets":1},"ssrc":10,"type":200,)"},
      {"an extended report behind a description", "81ca0002 0000000b 01016100 80cf0001 0000000c",
       R"({"ssrc":12,"type":207,)"},
      {"a description alone", "81ca0002 0000000b 01016100", R"({"ssrc":11,"type":202,)"},
      {"a goodbye in front of a report", "81cb0001 0000000b 80c90001 0000000c",
       R"({"ssrc":12,"type":201,)"},
  }));
  CAPTURE(row.why);
  const std::string json = json_of(from_hex(row.hex));
  CHECK(json.substr(0, row.want.size()) == row.want);
  CHECK(rtcp_json_faults(json) == std::vector<std::string>{});
}

TEST_CASE("blocks, items and metrics of others say whose they are") {
  const std::string json = json_of(
      from_hex("80c90001 0000000a"
               "81c90007 0000000b 0000000c 00000001 00000002 00000003 00000004 00000005"
               "82ca0004 0000000a 01016100 0000000b 01016200"
               "80cf0013 0000000a"
               "07000008 0000000c 00000000 00000000 00000000 7f7f7f10 7f7f7f7f 00000000 00000000"
               "07000008 0000000d 00000000 00000000 00000000 7f7f7f10 7f7f7f2a 00000000 00000000"));
  CAPTURE(json);
  CHECK(rtcp_json_faults(json) == std::vector<std::string>{});
  const auto report = boost::json::parse(json);
  CHECK(report.at("report_blocks").at(0).at("reporter_ssrc") == 11);
  CHECK(report.at("sdes_ssrc") == 10);
  CHECK(report.at("sdes_report_count") == 2);
  CHECK_FALSE(report.at("sdes_information").at(0).as_object().contains("sdes_chunk_ssrc"));
  CHECK(report.at("sdes_information").at(1).at("sdes_chunk_ssrc") == 11);
  CHECK(report.at("voip_metrics").at("ssrc") == 12);
  CHECK(report.at("voip_metrics_more").at(0).at("ssrc") == 13);
  CHECK(report.at("voip_metrics_more").at(0).at("mos_cq") == 4.2);
}

TEST_CASE("a description's text cannot break out of the JSON") {
  const std::string json =
      json_of(from_hex("81ca0005 0000000a 010d225c 0a007fc3 a4227d2c 223a4100"));
  CAPTURE(json);
  CHECK(rtcp_json_faults(json) == std::vector<std::string>{});
  const auto report = boost::json::parse(json);
  CHECK(report.at("sdes_information").at(0).at("text") == R"("\"},":A)");
}

TEST_CASE("what does not fit is a failure and no JSON") {
  const Datagram compound = vector_of("R01");
  const std::size_t whole = json_of(compound).size();
  for (std::size_t size = 0; size <= whole; ++size) {
    CAPTURE(size);
    std::vector<std::uint8_t> room(size);
    const auto written = hep::encode_rtcp_json(compound, room);
    if (size < whole) {
      CHECK(written.error() == Errc::over_limit);
    } else {
      CHECK(*written == whole);
    }
  }
}

TEST_CASE("writing the JSON allocates nothing") {
  const Datagram compound = vector_of("R12");
  std::vector<std::uint8_t> room(room_bytes);
  AllocationCounter counter;
  const bool is_written = hep::encode_rtcp_json(compound, room).ok();
  CHECK(counter.count() == 0);
  CHECK(is_written);
}
