#include "proto/rtp/rtcp_xr_voip.hpp"

#include <catch2/catch.hpp>

#include "tests/support/hex.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

using Content = std::vector<std::uint8_t>;

// Offsets as the reference counts them, from the block's first byte.
constexpr std::size_t header_bytes = 4;

Content good_content() {
  return from_hex("55667788 05024400 00781450 0078003c ecba3710 5b7f2b2a be000028 003c012c");
}

Content with(std::size_t offset, std::uint8_t value) {
  Content content = good_content();
  content.at(offset - header_bytes) = value;
  return content;
}

XrVoipMetrics metrics_of(const Content& content) {
  const auto out = parse_xr_voip_metrics({XrBlockType::voip_metrics, 7, 0, content});
  REQUIRE(out);
  return *out;
}

}  // namespace

TEST_CASE("R factors and MOS that are not known, or cannot be, are not there") {
  struct Row {
    std::uint8_t value;
    std::optional<std::uint8_t> r;
    std::optional<std::uint8_t> mos;
  };
  const auto row = GENERATE(values<Row>({{0, 0, {}},
                                         {9, 9, {}},
                                         {10, 10, 10},
                                         {50, 50, 50},
                                         {51, 51, {}},
                                         {100, 100, {}},
                                         {101, {}, {}},
                                         {126, {}, {}},
                                         {127, {}, {}},
                                         {128, {}, {}},
                                         {255, {}, {}}}));
  CAPTURE(int{row.value});
  CHECK(metrics_of(with(24, row.value)).r_factor == row.r);
  CHECK(metrics_of(with(25, row.value)).external_r_factor == row.r);
  CHECK(metrics_of(with(26, row.value)).mos_lq_tenths == row.mos);
  CHECK(metrics_of(with(27, row.value)).mos_cq_tenths == row.mos);
  const bool is_bad_mos = !row.mos && row.value != 127;
  CHECK(metrics_of(with(26, row.value)).out_of_range_count == (is_bad_mos ? 1 : 0));
}

TEST_CASE("levels have a sign, and 127 is none") {
  CHECK(metrics_of(with(20, 0x80)).signal_level_dbm0 == -128);
  CHECK(metrics_of(with(20, 3)).signal_level_dbm0 == 3);
  CHECK(metrics_of(with(20, 127)).signal_level_dbm0 == std::nullopt);
  CHECK(metrics_of(with(21, 127)).noise_level_dbm0 == std::nullopt);
  CHECK(metrics_of(with(22, 127)).rerl_db == std::nullopt);
  CHECK(metrics_of(with(22, 0)).rerl_db == 0);
}

TEST_CASE("listening quality comes before conversational quality") {
  CHECK(metrics_of(good_content()).mos_lq_tenths == 43);
  CHECK(metrics_of(good_content()).mos_cq_tenths == 42);
}

TEST_CASE("the receiver's configuration is two and two and four bits") {
  const std::uint8_t config = metrics_of(good_content()).rx_config;
  CHECK(loss_concealment(config) == LossConcealment::enhanced);
  CHECK(jitter_buffer(config) == JitterBuffer::adaptive);
  CHECK(jitter_buffer_rate(config) == 14);
  CHECK(loss_concealment(0xc0) == LossConcealment::standard);
  CHECK(jitter_buffer(0x20) == JitterBuffer::fixed);
}

TEST_CASE("VoIP metrics are whole or none") {
  Content cut = good_content();
  cut.pop_back();
  CHECK(parse_xr_voip_metrics({XrBlockType::voip_metrics, 7, 0, cut}).error() == Errc::malformed);
  CHECK(parse_xr_voip_metrics({XrBlockType::statistics, 6, 0, cut}).error() == Errc::unsupported);
}
