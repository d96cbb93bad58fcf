#include "agent/calls/media_book.hpp"

#include <catch2/catch.hpp>
#include <map>
#include <thread>

#include "proto/hep/quality_json.hpp"
#include "tests/support/allocation_counter.hpp"
#include "tests/support/media_reports.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

CallMedia taken(MediaBook& book, std::uint64_t call) {
  CallMedia media;
  REQUIRE(book.take(call, media));
  return media;
}

std::string rtpengine_mos(const QualitySeries& series) {
  std::array<std::uint8_t, 1000> room{};
  hep::JsonText json(room);
  json.begin_object();
  hep::append_rtpengine_mos(json, series);
  json.end_object();
  return std::string(as_text(Bytes(room).first(json.size())));
}

}  // namespace

TEST_CASE("periods of a stream add up until the whole of it is known") {
  MediaBook book({.max_calls = 8});
  book.on_stream(stream_period(10, {.expected = 500, .unique = 490}, 4.0));
  book.on_stream(stream_period(20, {.expected = 500, .unique = 500}, 2.0));
  StreamReport whole = stream_period(25, {.expected = 1250, .unique = 1240}, 3.0);

  SECTION("it was still going on") {
    const CallMedia media = taken(book, call_one);
    REQUIRE(media.streams.size() == 1);
    const StreamRecord& stream = media.streams[0];
    CHECK_FALSE(stream.is_final);
    CHECK(stream.figures.counts.expected == 1000);
    CHECK(stream.figures.counts.lost() == 10);
    CHECK(stream.figures.max_jitter_ms == 8.0);
    CHECK(stream.figures.mean_jitter_ms == Approx((4.0 * 490 + 2.0 * 500) / 990));
  }
  SECTION("it has ended") {
    whole.is_final = true;
    book.on_stream(whole);
    const CallMedia media = taken(book, call_one);
    REQUIRE(media.streams.size() == 1);
    CHECK(media.streams[0].is_final);
    CHECK(media.streams[0].figures.counts.expected == 1250);
    CHECK(media.streams[0].codec.view() == "PCMA");
    CHECK(media.measured().a.summary(QualityFigure::loss_percent)->samples == 2);
    CHECK(media.measured().a.summary(QualityFigure::loss_percent)->max == Approx(2));
    CHECK_FALSE(media.measured().b.summary(QualityFigure::loss_percent));
  }
}

TEST_CASE("a stream that goes on after its end is another one, and both are kept") {
  MediaBook book({.max_calls = 8});
  StreamReport piece = stream_period(25, {.expected = 1500, .unique = 1490}, 3.0);
  piece.is_final = true;
  book.on_stream(piece);
  book.on_stream(stream_period(70, {.expected = 60, .unique = 60}, 3.0));
  piece = stream_period(71, {.expected = 100, .unique = 100}, 3.0);
  piece.is_final = true;
  book.on_stream(piece);
  const CallMedia media = taken(book, call_one);
  REQUIRE(media.streams.size() == 2);
  CHECK(media.streams[0].figures.counts.expected == 1500);
  CHECK(media.streams[1].figures.counts.expected == 100);
}

TEST_CASE("a stream that has no periods is one sample of its leg") {
  MediaBook book({.max_calls = 8});
  StreamReport whole = stream_period(25, {.expected = 1000, .unique = 995}, 3.0);
  whole.is_final = true;
  whole.owner.sender = MediaParty::callee;
  book.on_stream(whole);
  const CallQuality legs = taken(book, call_one).measured();
  CHECK(legs.b.summary(QualityFigure::loss_percent)->mean == Approx(0.5));
  CHECK_FALSE(legs.a.summary(QualityFigure::mos));
}

TEST_CASE("streams of a few packets say nothing of a leg that has a real one") {
  MediaBook book({.max_calls = 8});
  StreamReport report = stream_period(30, {.expected = 1600, .unique = 1500}, 3.0);
  report.is_final = true;
  book.on_stream(report);
  const auto add = [&](std::uint32_t ssrc, std::uint32_t packets, MediaParty sender,
                       std::uint8_t media) {
    report.ssrc = ssrc;
    report.figures.counts = {.expected = packets, .unique = packets};
    report.owner.sender = sender;
    report.owner.media = media;
    book.on_stream(report);
  };
  add(1, 14, MediaParty::caller, 0);
  SECTION("not as many as one of a hundred") {
    const CallQuality legs = taken(book, call_one).measured();
    CHECK(legs.a.summary(QualityFigure::loss_percent)->samples == 1);
    CHECK(legs.a.summary(QualityFigure::loss_percent)->min == Approx(6.25));
  }
  SECTION("as many") {
    add(2, 15, MediaParty::caller, 0);
    CHECK(taken(book, call_one).measured().a.summary(QualityFigure::loss_percent)->samples == 2);
  }
  SECTION("of another line") {
    add(2, 2, MediaParty::caller, 1);
    CHECK(taken(book, call_one).measured().a.summary(QualityFigure::loss_percent)->samples == 2);
  }
  SECTION("of the other party, which has no other") {
    add(2, 2, MediaParty::callee, 0);
    CHECK(taken(book, call_one).measured().b.summary(QualityFigure::loss_percent)->samples == 1);
  }
}

// voice_quality: the first stream of the worked example, (43+44+44+43)/4 and 13430 us.
TEST_CASE("reports of RTCP average as rtpengine averages them") {
  MediaBook book({.max_calls = 8});
  std::int64_t second = 10;
  for (const double rtt_us : {24184, 8218, 8846, 12473}) {
    book.on_reception(reception(second += 5, rtt_us / 1000));
  }
  const CallMedia media = taken(book, call_one);
  REQUIRE(media.receptions.size() == 1);
  CHECK(media.receptions[0].reports == 4);
  CHECK(rtpengine_mos(media.reported().a) ==
        R"({"average MOS":{"MOS":43,"round-trip time":13430,"jitter":0,"packet loss":0,)"
        R"("samples":4},"lowest MOS":{"MOS":43,"round-trip time":24184,"jitter":0,)"
        R"("packet loss":0,"reported at":15},"highest MOS":{"MOS":44,"round-trip time":8218,)"
        R"("jitter":0,"packet loss":0,"reported at":20}})");
}

// The second one: eleven samples, one with jitter, one with loss.
TEST_CASE("means of RTCP are cut, not rounded") {
  MediaBook book({.max_calls = 8});
  std::int64_t second = 0;
  const std::vector<double> rtts{20241, 9101, 7084, 7061, 7058, 7065, 7069, 7062, 7986, 7997, 8175};
  for (const double rtt_us : rtts) {
    ReceptionReport report = reception(second += 5, rtt_us / 1000);
    if (rtt_us == 9101) report.block->jitter = 3 * 8;
    if (rtt_us == 8175) report.block->fraction_lost = 3;
    book.on_reception(report);
  }
  const auto text = rtpengine_mos(taken(book, call_one).reported().a);
  CHECK_THAT(text, Catch::StartsWith(R"({"average MOS":{"MOS":43,"round-trip time":8718,)"
                                     R"("jitter":0,"packet loss":0,"samples":11})"));
}

TEST_CASE("a report without round trip or clock gives no MOS, and no figure that is not known") {
  MediaBook book({.max_calls = 8});
  ReceptionReport report = reception(10, 0);
  report.rtt_ms.reset();
  report.clock_hz = 0;
  report.block->fraction_lost = 64;
  book.on_reception(report);
  const QualitySeries leg = taken(book, call_one).reported().a;
  CHECK(leg.summary(QualityFigure::loss_percent)->mean == 25);
  CHECK_FALSE(leg.summary(QualityFigure::mos));
  CHECK_FALSE(leg.summary(QualityFigure::rtt_ms));
  CHECK_FALSE(leg.summary(QualityFigure::jitter_ms));
}

TEST_CASE("of a phone the last report is kept, and no interim one behind the final one") {
  MediaBook book({.max_calls = 8});
  ReportedStreamsView streams;
  streams.received.is_reported = true;
  streams.received.codec = "PCMU";
  streams.received.mos_lq = 4.1;
  PhoneReport report = phone_report(&streams);
  report.is_reporter_known = true;
  report.is_final = false;
  book.on_phone_report(report);
  streams.received.mos_lq = 3.9;
  book.on_phone_report(report);
  SECTION("the call goes on") {
    const CallMedia media = taken(book, call_one);
    REQUIRE(media.phone_reports.size() == 1);
    CHECK(media.phone_reports[0].received.mos_lq == 3.9);
    CHECK(media.phone_reports[0].received.codec.view() == "PCMU");
    CHECK_FALSE(media.phone_reports[0].sent.is_reported);
  }
  SECTION("its BYE is sent five times") {
    report.is_final = true;
    for (int i = 0; i < 4; ++i) book.on_phone_report(report);
    streams.received.mos_lq = 3.8;
    book.on_phone_report(report);
    report.is_final = false;
    streams.received.mos_lq = 4.2;
    book.on_phone_report(report);
    const CallMedia media = taken(book, call_one);
    REQUIRE(media.phone_reports.size() == 1);
    CHECK(media.phone_reports[0].is_final);
    CHECK(media.phone_reports[0].received.mos_lq == 3.8);
    CHECK(media.not_kept == 0);
  }
}

TEST_CASE("phones that are not known are told apart by what they say at the end") {
  MediaBook book({.max_calls = 8});
  ReportedStreamsView streams;
  streams.received.is_reported = true;
  PhoneReport report = phone_report(&streams);
  report.is_reporter_known = false;
  for (const double mos : {4.1, 3.9, 4.1, 3.9}) {
    streams.received.mos_lq = mos;
    book.on_phone_report(report);
  }
  CHECK(taken(book, call_one).phone_reports.size() == 2);
}

TEST_CASE("what is kept of a call is bounded, and what was not kept is counted") {
  MediaBook book({.max_calls = 2});
  for (std::uint32_t i = 0; i < 100; ++i) {
    StreamReport period = stream_period(i, {.expected = 1, .unique = 1}, 0);
    period.ssrc = i;
    period.figures.first_ns = 1000 - i;
    period.figures.last_ns = 2000 + i;
    book.on_stream(period);
    ReceptionReport report = reception(i, 1);
    report.ssrc = i;
    book.on_reception(report);
    book.on_event({.owner = period.owner, .kind = MediaEventKind::media_gap, .time_us = i});
    ReportedStreamsView streams;
    streams.received.jitter_ms = i;
    PhoneReport phone = phone_report(&streams);
    phone.is_reporter_known = false;
    book.on_phone_report(phone);
  }
  const CallMedia media = taken(book, call_one);
  CHECK(media.streams.size() == CallMedia::max_streams);
  CHECK(media.spans[0].first_ns == 1000 - 99);
  CHECK(media.spans[0].last_ns == 2000 + 99);
  CHECK(media.spans[1].empty());
  CHECK(media.receptions.size() == CallMedia::max_receptions);
  CHECK(media.phone_reports.size() == CallMedia::max_phone_reports);
  CHECK(media.events.size() <= CallMedia::max_events);
  CHECK(media.events.size() >= 16);
  const std::size_t kept = media.streams.size() + media.receptions.size() +
                           media.phone_reports.size() + media.events.size();
  CHECK(kept + media.not_kept == 400);
  CHECK(book.counts().not_kept == media.not_kept);
  CallMedia again;
  CHECK_FALSE(book.take(call_one, again));
  CHECK(again.empty());
}

TEST_CASE("the stream with the fewest packets makes room for one with more") {
  MediaBook book({.max_calls = 1});
  const auto add = [&](std::uint32_t ssrc, std::uint32_t packets, bool is_final) {
    StreamReport report = stream_period(ssrc, {.expected = packets, .unique = packets}, 0);
    report.ssrc = ssrc;
    report.is_final = is_final;
    book.on_stream(report);
  };
  add(1, 1500, false);
  for (std::uint32_t ssrc = 101; ssrc <= 110; ++ssrc) add(ssrc, ssrc == 101 ? 3 : 2, true);
  add(1, 2000, true);
  add(2, 900, true);
  for (std::uint32_t ssrc = 201; ssrc <= 210; ++ssrc) add(ssrc, 2, true);
  const CallMedia media = taken(book, call_one);
  std::vector<std::uint32_t> ssrcs;
  for (const StreamRecord& one : media.streams) ssrcs.push_back(one.ssrc);
  CHECK(ssrcs == std::vector<std::uint32_t>{1, 101, 103, 104, 105, 106, 107, 2});
  CHECK(media.streams[0].figures.counts.packets() == 2000);
  CHECK(media.not_kept == 22 - 8);
  CHECK(book.counts().not_kept == media.not_kept);
}

TEST_CASE("a call makes room in itself when others have taken the room of all") {
  MediaBook book({.max_calls = 8});
  StreamReport report = stream_period(1, {.expected = 9, .unique = 9}, 0);
  for (std::uint32_t i = 0; book.counts().not_kept == 0; ++i) {
    report.owner.call_hash = 1 + i / CallMedia::max_streams;
    report.ssrc = i;
    book.on_stream(report);
  }
  const std::uint64_t last = report.owner.call_hash;
  REQUIRE(last <= 8);
  report.owner.call_hash = 1;
  report.ssrc = 100;
  report.figures.counts.unique = 10;
  book.on_stream(report);
  const CallMedia media = taken(book, 1);
  REQUIRE(media.streams.size() == CallMedia::max_streams);
  CHECK(media.streams[7].ssrc == 100);
  CHECK(media.not_kept == 1);
}

TEST_CASE("no kind of event crowds out another") {
  struct Row {
    const char* why;
    std::vector<std::pair<MediaEventKind, int>> told;
    std::vector<std::pair<MediaEventKind, int>> kept;  // at least
  };
  using enum MediaEventKind;
  const auto row =
      GENERATE(values<Row>({{"alone, a kind has all places", {{dtmf, 40}}, {{dtmf, 32}}},
                            {"others find room",
                             {{ssrc_changed, 40}, {one_way_audio, 1}, {media_timeout, 2}},
                             {{ssrc_changed, 29}, {one_way_audio, 1}, {media_timeout, 2}}},
                            {"places are for many of two kinds alike",
                             {{ssrc_changed, 40}, {dtmf, 40}},
                             {{ssrc_changed, 16}, {dtmf, 16}}},
                            {"what a stranger can send",
                             {{codec_not_in_sdp, 40},
                              {codec_changed, 40},
                              {restarted, 40},
                              {media_gap, 40},
                              {dtmf, 40},
                              {ssrc_changed, 40},
                              {late_media, 2},
                              {one_way_audio, 2},
                              {media_after_bye, 2}},
                             {{codec_not_in_sdp, 4},
                              {codec_changed, 4},
                              {restarted, 4},
                              {media_gap, 4},
                              {dtmf, 4},
                              {ssrc_changed, 4},
                              {late_media, 2},
                              {one_way_audio, 2},
                              {media_after_bye, 2}}}}));
  CAPTURE(row.why);
  MediaBook book({.max_calls = 1});
  MediaEventReport event;
  event.owner.call_hash = call_one;
  std::uint32_t told = 0;
  for (const auto& [kind, count] : row.told) {
    event.kind = kind;
    for (event.detail = 0; event.detail < count; ++event.detail, ++told) book.on_event(event);
  }
  const CallMedia media = taken(book, call_one);
  CHECK(media.events.size() == CallMedia::max_events);
  CHECK(media.events.size() + media.not_kept == told);
  std::map<MediaEventKind, int> kept;
  for (const MediaEventRecord& one : media.events) CHECK(one.detail == kept[one.kind]++);
  for (const auto& [kind, count] : row.kept) {
    CAPTURE(to_string(kind));
    CHECK(kept[kind] >= count);
  }
}

TEST_CASE("a receiver that reports again stays, and one that does not makes room") {
  MediaBook book({.max_calls = 1});
  const auto add = [&](std::uint32_t reporter) {
    ReceptionReport report = reception(reporter, 1);
    report.reporter = reporter;
    book.on_reception(report);
  };
  for (std::uint32_t stranger = 101; stranger <= 110; ++stranger) add(stranger);
  add(1);
  add(1);
  for (std::uint32_t stranger = 201; stranger <= 210; ++stranger) add(stranger);
  const CallMedia media = taken(book, call_one);
  REQUIRE(media.receptions.size() == CallMedia::max_receptions);
  CHECK(media.receptions[0].reporter == 1);
  CHECK(media.receptions[0].reports == 2);
  CHECK(media.not_kept == 21 - 8);
}

TEST_CASE("a source of SRTCP that sends again stays, and one that does not makes room") {
  MediaBook book({.max_calls = 1});
  SrtcpReport report = srtcp_report(1);
  const auto add = [&](std::uint32_t ssrc) {
    report.ssrc = ssrc;
    book.on_srtcp(report);
  };
  for (std::uint32_t stranger = 101; stranger <= 110; ++stranger) add(stranger);
  add(1);
  add(1);
  for (std::uint32_t stranger = 201; stranger <= 210; ++stranger) add(stranger);
  const CallMedia media = taken(book, call_one);
  REQUIRE(media.srtcp.size() == CallMedia::max_srtcp);
  CHECK(media.srtcp[0].ssrc == 1);
  CHECK(media.srtcp[0].packets == 2);
  CHECK(media.not_kept == 21 - 8);
}

TEST_CASE("calls that nobody takes are aged by packet time, and make room") {
  MediaBook book({.max_calls = 4, .max_age_us = 60'000'000});
  const auto report_of = [](std::uint64_t call, std::int64_t second) {
    StreamReport report = stream_period(second, {.expected = 1, .unique = 1}, 0);
    report.owner.call_hash = call;
    return report;
  };
  for (std::uint64_t call = 1; call <= 4; ++call) book.on_stream(report_of(call, 1));
  book.on_stream(report_of(5, 2));
  CHECK(book.counts().evicted == 1);
  CHECK(book.use().entries == 4);
  for (std::uint64_t call = 6; call <= 9; ++call) book.on_stream(report_of(call, 100));
  CHECK(book.counts().expired == 4);
  const MediaBookCounts counts = book.counts();
  CHECK(counts.opened == counts.taken + counts.expired + counts.evicted + book.use().entries);
}

TEST_CASE("a book allocates nothing for a report") {
  MediaBook book({.max_calls = 16});
  SrtcpReport srtcp = srtcp_report(1);
  const AllocationCounter allocations;
  for (std::uint64_t call = 0; call < 100; ++call) {
    StreamReport period = stream_period(1, {.expected = 1, .unique = 1}, 0);
    period.owner.call_hash = call;
    book.on_stream(period);
    ReceptionReport report = reception(1, 1);
    report.owner.call_hash = call;
    book.on_reception(report);
    srtcp.owner.call_hash = call;
    book.on_srtcp(srtcp);
    book.on_event({.owner = period.owner, .kind = MediaEventKind::restarted});
    PhoneReport phone = phone_report();
    phone.call_hash = call;
    book.on_phone_report(phone);
  }
  CallMedia media;
  CHECK(book.take(99, media));
  CHECK(allocations.count() == 0);
}

TEST_CASE("threads may share a book") {
  MediaBook book({.max_calls = 6400, .shared = true});
  std::vector<std::thread> threads;
  for (std::uint64_t thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&book, thread] {
      for (std::uint64_t call = 0; call < 1000; ++call) {
        StreamReport period = stream_period(1, {.expected = 1, .unique = 1}, 0);
        period.ssrc = static_cast<std::uint32_t>(thread);
        period.owner.call_hash = call * 0x9e3779b97f4a7c15ULL;
        book.on_stream(period);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(book.counts().opened == 1000);
  CHECK(taken(book, 7 * 0x9e3779b97f4a7c15ULL).streams.size() == 4);
}

TEST_CASE("what is told of a source of SRTCP adds up, and each flow is one of its own") {
  MediaBook book({.max_calls = 8});
  book.on_srtcp(srtcp_report(7));
  book.on_srtcp(srtcp_report(10, 2));
  SrtcpReport moved = srtcp_report(11);
  ++moved.flow.source_port;
  moved.index.reset();
  moved.is_encrypted = false;
  book.on_srtcp(moved);
  const CallMedia media = taken(book, call_one);
  REQUIRE(media.srtcp.size() == 2);
  CHECK(media.srtcp[0].packets == 2);
  CHECK(media.srtcp[0].lost == 2);
  CHECK(media.srtcp[0].index == 10U);
  CHECK(media.srtcp[0].sender == MediaParty::callee);
  CHECK(media.srtcp[0].last_us == 10'000'000);
  CHECK(media.srtcp[0].is_encrypted);
  CHECK(media.srtcp[1].packets == 1);
  CHECK_FALSE(media.srtcp[1].index);
  CHECK_FALSE(media.srtcp[1].is_encrypted);
  CHECK(media.receptions.empty());
}

TEST_CASE("VoIP metrics alone are kept, and are no sample") {
  MediaBook book({.max_calls = 8});
  ReceptionReport report = reception(10, 20);
  report.block.reset();
  report.voip.emplace().mos_lq_tenths = std::uint8_t{41};
  book.on_reception(report);
  const CallMedia media = taken(book, call_one);
  REQUIRE(media.receptions.size() == 1);
  CHECK(media.receptions[0].voip->mos_lq_tenths == std::uint8_t{41});
  CHECK_FALSE(media.receptions[0].last);
  CHECK_FALSE(media.reported().a.summary(QualityFigure::loss_percent));
}
