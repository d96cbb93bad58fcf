#include "agent/shared_tables.hpp"

#include <catch2/catch.hpp>

#include "agent/run.hpp"

using namespace heptap;

TEST_CASE("what workers have seen of sessions has room for all that each of them has") {
  RunOptions options;
  options.media = MediaLimits{.max_calls = 8};
  options.pipeline.rtp = RtpOptions{.max_streams = 1024};
  for (const std::size_t workers : {2U, 5U}) {
    const SharedTables tables = make_tables(options, workers, workers);
    REQUIRE(tables.sessions);
    CHECK(tables.sessions->use().max_entries >= workers * 1024);
  }
  CHECK_FALSE(make_tables(options, 1, 2).sessions);
}
