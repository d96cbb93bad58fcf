#include "agent/capture/live_capture.hpp"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <string>
#include <utility>
#include <vector>

using namespace heptap;

namespace {

const std::string missing = "heptap-missing";

LiveOptions options_of(const std::string& interface) {
  LiveOptions out;
  out.interface = interface;
  return out;
}

}  // namespace

TEST_CASE("an interface that is not there is said to be so once, and waited for") {
  std::vector<std::pair<bool, std::string>> events;
  LiveCapture capture(options_of(missing), [&](bool is_bad, const std::string& text) {
    events.emplace_back(is_bad, text);
  });
  capture.open();
  capture.open();
  REQUIRE(events.size() == 1);
  CHECK(events[0].first);
  CHECK(events[0].second.starts_with(missing + ": "));
  CHECK(events[0].second.ends_with("; waiting"));
  CHECK(capture.counts().name == missing);
  CHECK_FALSE(capture.counts().is_open);
}

TEST_CASE("without the capability an interface that is there is refused") {
  if (geteuid() == 0) {
    WARN("skipped: root may capture");
    return;
  }
  CHECK_THROWS_AS(LiveSource(options_of("lo")), CaptureError);
}
