#include "transport/alarm.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <catch2/catch.hpp>

#include <chrono>
#include <optional>

namespace heptap {
namespace {

using std::chrono::seconds;

TEST_CASE("a ticket is valid until its epoch ends, or is gone") {
  std::optional<Epoch> epoch(std::in_place);
  const auto first = epoch->ticket();
  CHECK(first.valid());
  epoch->end();
  CHECK_FALSE(first.valid());
  const auto second = epoch->ticket();
  CHECK(second.valid());
  epoch.reset();
  CHECK_FALSE(second.valid());
}

TEST_CASE("an alarm that rang is forgotten when it is set again, stopped, or gone") {
  boost::asio::io_context io;
  std::optional<Alarm> alarm(std::in_place, io);
  int old = 0;
  int fresh = 0;
  alarm->set(-seconds(1), [&] { ++old; });
  Alarm earlier(io);
  SECTION("set again") {
    earlier.set(-seconds(2), [&] { alarm->set(seconds(0), [&] { ++fresh; }); });
    io.run();
    CHECK(fresh == 1);
  }
  SECTION("stopped") {
    earlier.set(-seconds(2), [&] { alarm->stop(); });
    io.run();
    CHECK_FALSE(alarm->pending());
  }
  SECTION("gone") {
    earlier.set(-seconds(2), [&] { alarm.reset(); });
    io.run();
  }
  CHECK(old == 0);
}

}  // namespace
}  // namespace heptap
