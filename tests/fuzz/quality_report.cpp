// Whatever a report holds, what is read from it lies inside of it and inside of its range.
#include "proto/quality/vq_report.hpp"

#include "proto/bytes.hpp"
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
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {  // NOLINT
  const auto block = exact_block(data, size);
  require_report(as_text(block));
  return 0;
}
