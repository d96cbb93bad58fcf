#include "agent/calls/kpi.hpp"

#include <catch2/catch.hpp>

using namespace heptap;

TEST_CASE("each status is in its bucket") {
  struct Row {
    int status;
    StatusBucket want;
  };
  const auto row = GENERATE(values<Row>({
      {100, StatusBucket::trying},       {101, StatusBucket::progress},
      {199, StatusBucket::progress},     {200, StatusBucket::success},
      {202, StatusBucket::success},      {302, StatusBucket::redirect},
      {380, StatusBucket::redirect},     {401, StatusBucket::challenge},
      {402, StatusBucket::challenge},    {407, StatusBucket::challenge},
      {404, StatusBucket::other_client}, {408, StatusBucket::ineffective},
      {420, StatusBucket::other_client}, {480, StatusBucket::user},
      {486, StatusBucket::user},         {487, StatusBucket::cancelled},
      {494, StatusBucket::other_client}, {500, StatusBucket::ineffective},
      {501, StatusBucket::other_server}, {503, StatusBucket::ineffective},
      {504, StatusBucket::ineffective},  {580, StatusBucket::other_server},
      {600, StatusBucket::user},         {603, StatusBucket::user},
      {604, StatusBucket::other_global}, {699, StatusBucket::other_global},
  }));
  CAPTURE(row.status);
  CHECK(bucket_of(row.status) == row.want);
}

TEST_CASE("which codes are ineffective can be said") {
  const IneffectiveCodes codes{404};
  CHECK(bucket_of(404, codes) == StatusBucket::ineffective);
  CHECK(bucket_of(408, codes) == StatusBucket::other_client);
  CHECK(bucket_of(503, codes) == StatusBucket::other_server);
}

TEST_CASE("a ratio of nothing is undefined") {
  const SessionCounts none;
  for (const auto& ratio : {none.ser(), none.seer(), none.isa(), none.isa_with_timeout(),
                            none.scr(), none.asr(), none.ner()}) {
    CHECK(!ratio);
  }
  SessionCounts redirected;
  redirected.add(StatusBucket::redirect);
  CHECK(!redirected.ser());
  CHECK(redirected.asr() == 0.0);
  CHECK(!RegisterCounts{}.ira());
}

TEST_CASE("a time series has its ends, mean and parts, also when summed") {
  DelaySeries a;
  CHECK(!a.mean_ms());
  CHECK(!a.min_ms());
  a.add(10'000);
  a.add(-1);
  DelaySeries b;
  b.add(10'001);
  b.add(181'000'000);
  a += DelaySeries{};
  a += b;
  DelaySeries from_none;
  from_none += b;
  CHECK(a.count() == 4);
  CHECK(a.min_ms() == 0.0);
  CHECK(a.max_ms() == 181'000.0);
  CHECK(a.sum_us() == 181'020'001);
  CHECK(a.counts().front() == 2);  // an end belongs to its part
  CHECK(a.counts()[1] == 1);
  CHECK(a.counts().back() == 1);
  CHECK(from_none.min_ms() == Approx(10.001));
}

TEST_CASE("KPIs of two threads add up") {
  Kpi a;
  a.collapsed.add(StatusBucket::success);
  a.collapsed.completed = 1;
  a.strict_registers.add(StatusBucket::challenge, true);
  a.of(SipMethod::options).timeouts = 2;
  a.sdd_success.add(1000);
  a.events[static_cast<std::size_t>(CallEventKind::auth_loop)] = 3;
  Kpi b = a;
  b += a;
  CHECK(b.collapsed.requests == 2);
  CHECK(b.collapsed.scr() == 100.0);
  CHECK(b.strict_registers.deregistrations == 2);
  CHECK(b.strict_registers.failed == 0);
  CHECK(b.of(SipMethod::options).timeouts == 4);
  CHECK(b.sdd_success.count() == 2);
  CHECK(b.events[static_cast<std::size_t>(CallEventKind::auth_loop)] == 6);
}
