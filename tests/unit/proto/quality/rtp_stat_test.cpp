#include "proto/quality/rtp_stat.hpp"

#include <catch2/catch.hpp>
#include <string>

#include "proto/sip/params.hpp"
#include "tests/support/allocation_counter.hpp"
#include "tests/support/json_numbers.hpp"

namespace json = boost::json;
using namespace heptap;

namespace {

json::string text_of(std::string_view text) { return json::string(text); }

json::object raw_of(std::string_view value, char divider) {
  json::object out;
  for (RtpStatItemView item; next_rtp_stat_item(value, divider, item);) {
    out[item.key] = text_of(item.value);
  }
  return out;
}

json::array list_of(std::string_view list) {
  json::array out;
  for (std::string_view item; next_list_item(list, item);) out.push_back(text_of(item));
  return out;
}

template <class Number>
void add(json::object& out, std::string_view key, const std::optional<Number>& number) {
  if (number) out[key] = static_cast<double>(*number);
}

void add_counts(json::object& out, const RtpStatView& stat) {
  add(out, "txPackets", stat.tx_packets);
  add(out, "rxPackets", stat.rx_packets);
  add(out, "txPacketsTotal", stat.tx_packets_total);
  add(out, "rxPacketsTotal", stat.rx_packets_total);
  add(out, "txOctets", stat.tx_octets);
  add(out, "rxOctets", stat.rx_octets);
  add(out, "lost", stat.lost);
  add(out, "rxLost", stat.rx_lost);
  add(out, "txLost", stat.tx_lost);
  add(out, "late", stat.rx_late);
  add(out, "remoteRxLost", stat.remote_rx_lost);
  add(out, "remoteTxPackets", stat.remote_tx_packets);
}

void add_figures(json::object& out, const RtpStatView& stat) {
  add(out, "jitter_ms", stat.jitter_ms);
  add(out, "rxJitter_ms", stat.rx_jitter_ms);
  add(out, "txJitter_ms", stat.tx_jitter_ms);
  add(out, "rxJitter_ts", stat.rx_jitter_ts);
  add(out, "txJitter_ts", stat.tx_jitter_ts);
  add(out, "avgJitter_raw", stat.rx_jitter_raw);
  add(out, "rtt_ms", stat.rtt_ms);
  add(out, "rtt_min_ms", stat.rtt_min_ms);
  add(out, "rtt_max_ms", stat.rtt_max_ms);
  add(out, "latency_ms", stat.latency_ms);
  add(out, "setup_ms", stat.setup_ms);
  add(out, "duration_s", stat.duration_s);
  add(out, "mosLq", stat.mos_lq);
  add(out, "mosCq", stat.mos_cq);
}

void add_texts(json::object& out, const RtpStatView& stat) {
  if (!stat.encoders.empty()) out["encoders"] = list_of(stat.encoders);
  if (!stat.decoders.empty()) out["decoders"] = list_of(stat.decoders);
  if (!stat.local_endpoint.empty()) {
    out["endpoints"] = {text_of(stat.local_endpoint), text_of(stat.remote_endpoint)};
  }
  if (stat.dialect != RtpStatDialect::none) out["dialect"] = text_of(to_string(stat.dialect));
  const bool is_received = stat.header == RtpStatHeader::rtp_rx_stat;
  if (is_received && !stat.vq_metrics.empty()) out["vq"] = raw_of(stat.vq_metrics, ';');
}

json::object as_json(std::string_view name, std::string_view value, const RtpStatView& stat) {
  json::object out;
  out["header"] = text_of(name);
  out["raw"] = raw_of(value, rtp_stat_divider(value));
  add_counts(out, stat);
  add_figures(out, stat);
  add_texts(out, stat);
  return out;
}

RtpStatView parsed(RtpStatHeader header, std::string_view value) {
  RtpStatView stat;
  REQUIRE(parse_rtp_stat(header, value, stat) == Errc::none);
  return stat;
}

}  // namespace

TEST_CASE("every vector of RTP statistics headers is read as written") {
  const json::value vectors = test::read_vectors("xrtp_vectors.json");
  CHECK(vectors.as_array().size() == 10);
  for (const json::value& vector : vectors.as_array()) {
    const json::string& name = vector.at("name").as_string();
    const json::string& value = vector.at("value").as_string();
    RtpStatView stat;
    const test::AllocationCounter allocations;
    const Errc error = parse_rtp_stat(find_rtp_stat_header(name), value, stat);
    CHECK(allocations.count() == 0);
    REQUIRE(error == Errc::none);
    const json::value expected = vector.at("expect");
    CAPTURE(json::serialize(as_json(name, value, stat)), json::serialize(expected));
    CHECK((as_json(name, value, stat) == expected));
  }
}

TEST_CASE("statistics headers are found by any of their names in any case") {
  struct Row {
    std::string_view name;
    RtpStatHeader header;
  };
  const auto row = GENERATE(values<Row>({
      {"X-RTP-Stat", RtpStatHeader::x_rtp_stat},
      {"x-rtp-stat", RtpStatHeader::x_rtp_stat},
      {"p-RTP-stat", RtpStatHeader::p_rtp_stat},
      {"X-RTP-Stat-Add", RtpStatHeader::x_rtp_stat_add},
      {"X-RTP-Stat-T38", RtpStatHeader::x_rtp_stat_t38},
      {"X-RTP-Statistics", RtpStatHeader::x_rtp_statistics},
      {"X-NG-RTP-Stats", RtpStatHeader::x_ng_rtp_stats},
      {"X-Siemens-RTP-stats-list", RtpStatHeader::x_siemens_rtp_stats},
      {"X-Siemens-RTP-Stats", RtpStatHeader::x_siemens_rtp_stats},
      {"RTP-RxStat", RtpStatHeader::rtp_rx_stat},
      {"RxStat", RtpStatHeader::rtp_rx_stat},
      {"TXSTAT", RtpStatHeader::rtp_tx_stat},
      {"RTP-VideoTxStat", RtpStatHeader::rtp_video_tx_stat},
      {"X-RTP-Sta", RtpStatHeader::none},
      {"Stat", RtpStatHeader::none},
      {"", RtpStatHeader::none},
  }));
  CAPTURE(row.name);
  CHECK(find_rtp_stat_header(row.name) == row.header);
}

TEST_CASE("the key is read whole: SCS is not CS, and CS of VQMetrics no set-up time") {
  const auto stat = parsed(RtpStatHeader::rtp_rx_stat,
                           "Dur=1,VQMetrics=\"SCS=3;CS=2;VoPktLost=7;VoPktDis=4;VoPktSizeMs=20;"
                           "VoOneWayDelayMs=31;ICRmx=0.1;MOSlq=0.0\",LostPkt=9");
  CHECK(stat.severely_concealed_s == 3);
  CHECK(stat.concealed_s == 2);
  CHECK_FALSE(stat.setup_ms);
  CHECK(stat.rx_lost == 9U);
  CHECK(stat.rx_discarded == 4U);
  CHECK(stat.frame_ms == 20);
  CHECK(stat.one_way_delay_ms == 31);
  CHECK(stat.conceal_ratio_max == 0.1);
  CHECK_FALSE(stat.mos_lq);
}

TEST_CASE("expected and discarded packets, one number or two") {
  const auto stat = parsed(RtpStatHeader::x_rtp_stat, "es=10;ER=20;PD=1 , 2;PL=-,4;DL=5;MOS=4.2");
  CHECK(stat.tx_packets_expected == 10U);
  CHECK(stat.rx_packets_expected == 20U);
  CHECK(stat.rx_discarded == 1U);
  CHECK(stat.tx_discarded == 2U);
  CHECK_FALSE(stat.rx_lost);
  CHECK(stat.tx_lost == 4U);
  CHECK(stat.rtt_ms == 5);
  CHECK(stat.mos == 4.2);
  CHECK(parsed(RtpStatHeader::x_rtp_stat, "PD=3").discarded == 3U);
}

TEST_CASE("what is no number counts as not there") {
  struct Row {
    std::string_view value;
    bool is_read;
  };
  const auto row = GENERATE(values<Row>({
      {"PS=1", true},
      {"PS=1;PS=2", true},
      {"PS=x;PS=1", true},
      {"PS=\"1\"", true},
      {" ps = 1 ", true},
      {"PS=-1", false},
      {"PS=1.5", false},
      {"PS=-", false},
      {"PS=", false},
      {"PS=99999999999999999999", false},
      {"X=PS=1", false},
      {"XPS=1", false},
      {"A=\"PS=1", false},
      {"A=\"x;PS=1\"", false},
  }));
  CAPTURE(row.value);
  CHECK(parsed(RtpStatHeader::x_rtp_stat, row.value).tx_packets.has_value() == row.is_read);
}

TEST_CASE("a value without items, a header that is none, one that is too long") {
  RtpStatView stat;
  CHECK(parse_rtp_stat(RtpStatHeader::x_rtp_stat, "", stat) == Errc::malformed);
  CHECK(parse_rtp_stat(RtpStatHeader::x_rtp_stat, ";;*, \"", stat) == Errc::malformed);
  CHECK(parse_rtp_stat(RtpStatHeader::none, "PS=1", stat) == Errc::unsupported);
  const std::string longest(RtpStatView::max_bytes - 5, ';');
  CHECK(parse_rtp_stat(RtpStatHeader::x_rtp_stat, longest + "PS=17", stat) == Errc::none);
  CHECK(stat.tx_packets == 17U);
  CHECK(parse_rtp_stat(RtpStatHeader::x_rtp_stat, longest + "PS=171", stat) == Errc::over_limit);
}

TEST_CASE("items above the limit are not read") {
  std::string value;
  for (std::size_t i = 1; i < RtpStatView::max_items; ++i) value += "A=1;";
  CHECK(parsed(RtpStatHeader::x_rtp_stat, value + "PS=1").tx_packets == 1U);
  CHECK_FALSE(parsed(RtpStatHeader::x_rtp_stat, value + "PS=1").items_overflow);
  CHECK_FALSE(parsed(RtpStatHeader::x_rtp_stat, value + "A=1;PS=1").tx_packets);
  CHECK(parsed(RtpStatHeader::x_rtp_stat, value + "A=1;PS=1").items_overflow);
}

TEST_CASE("endpoints are local and remote, with or without a side in front") {
  const auto with_sides = parsed(RtpStatHeader::x_rtp_stat, "IP=A:[2001:db8::1]:1,B:192.0.2.2:2;");
  CHECK(with_sides.local_endpoint == "[2001:db8::1]:1");
  CHECK(with_sides.remote_endpoint == "192.0.2.2:2");
  CHECK(parsed(RtpStatHeader::x_rtp_stat, "IP=A::1;").local_endpoint == "A::1");
  CHECK(parsed(RtpStatHeader::x_rtp_stat, "IP=192.0.2.2:2;").remote_endpoint.empty());
}
