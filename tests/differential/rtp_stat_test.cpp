// RTP statistics of real gateways, read by proto/quality and by regular expressions.
#include <catch2/catch.hpp>
#include <optional>
#include <regex>
#include <string>

#include "proto/quality/message_reports.hpp"
#include "tests/differential/capture_payloads.hpp"
#include "tests/differential/captures.hpp"

using namespace heptap;

namespace {

std::optional<std::uint64_t> number_of(const std::string& key, const std::string& value) {
  std::smatch found;
  if (!std::regex_search(value, found, std::regex("(^|[,;])" + key + "=([0-9]+)([,;]|$)"))) {
    return std::nullopt;
  }
  return std::stoull(found[2]);
}

/// gives     how many header fields were compared
std::size_t compare(const SipView& message) {
  std::size_t count = 0;
  std::size_t at = 0;
  RtpStatView stat;
  for (RtpStatFieldView field; next_rtp_stat(message, at, field); ++count) {
    const std::string value(field.value);
    CAPTURE(value);
    CHECK(may_have_rtp_stat(message));
    REQUIRE(parse_rtp_stat(field.header, value, stat) == Errc::none);
    CHECK(stat.tx_packets == number_of("PS", value));
    CHECK(stat.rx_packets == number_of("PR", value));
    CHECK(stat.tx_octets == number_of("OS", value));
    CHECK(stat.rx_octets == number_of("OR", value));
    CHECK(stat.lost == number_of("PL", value));
    CHECK(stat.duration_s.has_value() == number_of("DU", value).has_value());
    CHECK(stat.jitter_ms.has_value() == number_of("JI", value).has_value());
  }
  return count;
}

}  // namespace

TEST_CASE("RTP statistics in real captures are read as they are written") {
  static SipView message;
  std::size_t count = 0;
  const auto files = test::captures_in(test::captures_folder());
  if (files.empty()) WARN("skipped: no captures in " << test::captures_folder());
  for (const auto& file : files) {
    test::for_each_payload(file.string(), [&count](Bytes payload) {
      if (parse_sip(payload, message) == Errc::none) count += compare(message);
    });
  }
  WARN(files.size() << " captures, " << count << " header fields with RTP statistics");
}
