#include <algorithm>

#include "agent/pipeline/pipeline.hpp"
#include "tests/support/deflater.hpp"
#include "tests/support/fragment_builder.hpp"
#include "tests/support/sctp_builder.hpp"
#include "tests/support/sip_text.hpp"
#include "tests/support/stream_segments.hpp"
#include "tests/support/websocket_builder.hpp"
#include "tests/unit/agent/pipeline/pipeline_tap.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

TableUse use_of(const PipelineTap& tap, std::string_view name) {
  const auto tables = tap.pipeline().tables();
  const auto found = std::find_if(tables.begin(), tables.end(),
                                  [&](const TableFigures& table) { return table.name == name; });
  REQUIRE(found != tables.end());
  return found->use;
}

}  // namespace

TEST_CASE("tables that nothing came to are empty, and have their limits") {
  PipelineOptions options;
  options.fragments = {.max_bytes = 2 << 20, .max_datagrams = 1024};
  options.streams.max_bytes = 3 << 20;
  options.streams.max_streams = 2048;
  options.sctp.max_bytes = 1 << 20;
  options.sctp.max_associations = 512;
  const PipelineTap tap(options);
  for (const TableFigures& table : tap.pipeline().tables()) {
    CAPTURE(table.name);
    CHECK(table.use.entries == 0);
    CHECK(table.use.held_bytes == 0);
    CHECK(table.use.memory_bytes > table.use.max_held_bytes);
  }
  CHECK(use_of(tap, "fragments").max_entries == 1024);
  CHECK(use_of(tap, "fragments").max_held_bytes == 2 << 20);
  CHECK(use_of(tap, "tcp_streams").max_entries == 2048);
  CHECK(use_of(tap, "tcp_streams").max_held_bytes == 3 << 20);
  CHECK(use_of(tap, "sctp_associations").max_entries == 512);
  CHECK(use_of(tap, "sctp_associations").max_held_bytes == 1 << 20);
  CHECK(use_of(tap, "inflaters").max_entries == InflaterPool::max_inflaters);
}

TEST_CASE("a window of mirror copies is a table of the pipeline that has it alone") {
  const auto has_window = [](const Pipeline& pipeline) {
    const auto tables = pipeline.tables();
    return std::any_of(tables.begin(), tables.end(),
                       [](const TableFigures& table) { return table.name == "duplicates"; });
  };
  CallTable calls({.max_entries = 1000});
  DuplicateWindow window(5000, 1);
  CHECK(has_window(Pipeline({}, calls, nullptr)));
  CHECK_FALSE(has_window(Pipeline({}, calls, nullptr, {.duplicates = &window})));
  CHECK(window.use().memory_bytes == 32 << 10);
}

TEST_CASE("what waits for its rest is in its table") {
  const std::string bye = request("BYE");
  PipelineTap tap;
  SECTION("fragments") {
    const Frame sip = ipv4(udp(text(bye)));
    tap.handle(ethernet(fragment_of(sip, 0, 80, 7)));
    CHECK(use_of(tap, "fragments").entries == 1);
    CHECK(use_of(tap, "fragments").held_bytes == 80);
  }
  SECTION("segments") {
    tap.handle(tcp_frame(segment(1, bye.substr(0, 90))));
    CHECK(use_of(tap, "tcp_streams").entries == 1);
    CHECK(use_of(tap, "tcp_streams").held_bytes == 90);
  }
  SECTION("chunks") {
    tap.handle(sctp_frame(data_chunk(1, bye, sctp_flag::begin)));
    CHECK(use_of(tap, "sctp_associations").entries == 1);
    CHECK(use_of(tap, "sctp_associations").held_bytes >= bye.size());
  }
  SECTION("what later messages refer back to") {
    const std::size_t before = use_of(tap, "inflaters").memory_bytes;
    SegmentSender sender(40'000, 7777);
    const Frame upgrade =
        text("GET / HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n");
    tap.handle(tcp_frame(sender.syn()));
    tap.handle(tcp_frame(sender.data(Bytes(upgrade))));
    const Frame framed = websocket_frame(0xc1, Deflater().message(bye), rfc_key);
    tap.handle(tcp_frame(sender.data(Bytes(framed))));
    CHECK(tap.texts.size() == 1);
    CHECK(use_of(tap, "inflaters").entries == 1);
    CHECK(use_of(tap, "inflaters").memory_bytes == before + Inflater::memory_bytes);
  }
}

TEST_CASE("round trips of RTCP are a table where somebody is told of them") {
  const auto has_pairs = [](const Pipeline& pipeline) {
    const auto tables = pipeline.tables();
    return std::any_of(tables.begin(), tables.end(),
                       [](const TableFigures& table) { return table.name == "rtcp_pairs"; });
  };
  CallTable calls({.max_entries = 1000});
  MediaCalls media({.max_calls = 64});
  MediaBook book({.max_calls = 64});
  CHECK(has_pairs(Pipeline({}, calls, nullptr, {.media = &media, .observer = &book})));
  CHECK_FALSE(has_pairs(Pipeline({}, calls, nullptr, {.media = &media})));
}

TEST_CASE("sources of SRTCP, and ports that are not believed, are tables where RTCP is read") {
  MediaCalls media({.max_calls = 64});
  const PipelineTap tap({}, &media);
  for (const auto* const name : {"srtcp_sources", "rtcp_suspects"}) {
    CAPTURE(name);
    CHECK(use_of(tap, name).entries == 0);
    CHECK(use_of(tap, name).max_entries >= 4096);
  }
}

TEST_CASE("what is not kept of the media of calls is in the ledger") {
  Ledger ledger{.way = {{.name = "correlate"}}};
  add_media_book(ledger, {.expired = 1, .evicted = 2, .not_kept = 3});
  const auto& noted = ledger.way[0].noted;
  REQUIRE(noted.size() == 3);
  CHECK(noted[0].reason == "call_media_expired");
  CHECK(noted[1].count == 2);
  CHECK(noted[2].count == 3);
}
