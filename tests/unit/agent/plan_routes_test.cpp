#include "agent/plan_routes.hpp"

#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <catch2/catch.hpp>
#include <sstream>

#include "tests/unit/agent/plan/messages.hpp"

using namespace heptap;

TEST_CASE("one rule that has much to say does not silence another") {
  std::ostringstream out;
  const auto before = spdlog::default_logger();
  spdlog::set_default_logger(std::make_shared<spdlog::logger>(
      "test", std::make_shared<spdlog::sinks::ostream_sink_mt>(out)));
  const PlanRunner::Log log = plan_log();
  PlanRule loud;
  loud.name = "loud";
  PlanRule quiet;
  quiet.name = "quiet";
  const test::PlanMessage message(test::options);
  for (int i = 0; i < 100; ++i) log(loud, message.subject, {});
  log(quiet, message.subject, {});
  spdlog::set_default_logger(before);
  CHECK(out.str().find("loud: OPTIONS") != std::string::npos);
  CHECK(out.str().find("quiet: OPTIONS") != std::string::npos);
  CHECK(out.str().find("Call-ID keepalive") != std::string::npos);
}
