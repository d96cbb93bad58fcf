// Whatever a report holds, what is read from it lies inside of it and inside of its range, and its
// JSON is JSON.
#include "proto/quality/vq_report.hpp"

#include <array>
#include <boost/json.hpp>

#include "proto/bytes.hpp"
#include "proto/hep/vq_json.hpp"
#include "proto/quality/rtp_stat.hpp"
#include "tests/fuzz/require.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

void require_metrics(std::string_view text, const VqMetricsView& metrics) {
  for (unsigned i = 0; i < static_cast<unsigned>(VqNumber::count_); ++i) {
    const auto number = static_cast<VqNumber>(i);
    const VqRange range = vq_range(number);
    const auto value = metrics[number];
    require(!value || (*value >= range.least && *value <= range.most));
  }
  for (unsigned i = 0; i < static_cast<unsigned>(VqText::count_); ++i) {
    require_inside(text, metrics[static_cast<VqText>(i)]);
  }
}

void require_endpoint(std::string_view text, const VqEndpointView& endpoint) {
  require_inside(text, endpoint.ip);
  require_inside(text, endpoint.ssrc_text);
}

void require_json(const VqReportView& report) {
  static std::array<std::uint8_t, 16 * 1024> room;
  const Result<std::size_t> size = hep::encode_vq_json(report, "192.0.2.1", room);
  require(size.ok());
  boost::json::error_code error;
  const auto value = boost::json::parse(as_text(Bytes{room}.first(*size)), error);
  require(!error && value.is_object());
}

void require_report(std::string_view text) {
  static VqReportView report;
  if (parse_vq_report(text, report) != Errc::none) return;
  require_metrics(text, report.local());
  require_metrics(text, report.remote());
  require_endpoint(text, report.local_addr());
  require_endpoint(text, report.remote_addr());
  require_inside(text, report.call_id());
  require_inside(text, report.dialog().to_tag);
  require_inside(text, report.alert().type);
  for (unsigned i = 0; i < static_cast<unsigned>(VqLine::count_); ++i) {
    const std::string_view line = report[static_cast<VqLine>(i)];
    require_inside(text, line);
    require(line.size() <= VqReportView::max_value_bytes);
  }
  for (const VqOtherView& other : report.other()) {
    require_inside(text, other.name);
    require_inside(text, other.value);
  }
  require_json(report);
}

void require_stat(std::string_view text, RtpStatHeader header) {
  RtpStatView stat;
  if (parse_rtp_stat(header, text, stat) != Errc::none) return;
  for (const std::string_view part :
       {stat.reporter, stat.encoders, stat.decoders, stat.local_endpoint, stat.remote_endpoint,
        stat.rx_codec, stat.tx_codec, stat.vq_metrics}) {
    require_inside(text, part);
  }
  for (const auto& figure : {stat.mos, stat.mos_lq, stat.mos_cq}) {
    require(!figure || (*figure >= 1 && *figure <= 5));
  }
  for (const auto& figure : {stat.rx_jitter_ms, stat.rtt_ms, stat.setup_ms, stat.concealed_s}) {
    require(!figure || *figure >= 0);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {  // NOLINT
  const auto block = exact_block(data, size);
  const std::string_view text = as_text(block);
  require_report(text);
  require_stat(text, RtpStatHeader::x_rtp_stat);
  require_stat(text, RtpStatHeader::rtp_rx_stat);
  require_stat(text, RtpStatHeader::rtp_tx_stat);
  return 0;
}
