#include "agent/names/srv_record.hpp"

#include <catch2/catch.hpp>

using namespace heptap;

namespace {

using Octets = std::vector<std::uint8_t>;

void put16(Octets& out, unsigned value) {
  out.push_back(static_cast<std::uint8_t>(value >> 8U));
  out.push_back(static_cast<std::uint8_t>(value & 0xffU));
}

void put_name(Octets& out, std::string_view name) {
  while (!name.empty()) {
    const auto dot = std::min(name.find('.'), name.size());
    out.push_back(static_cast<std::uint8_t>(dot));
    out.insert(out.end(), name.begin(), name.begin() + static_cast<std::ptrdiff_t>(dot));
    name.remove_prefix(std::min(dot + 1, name.size()));
  }
  out.push_back(0);
}

// What of an answer is the same: the header, a question for _hep._tcp.site.test, whose name is at 12.
Octets answer(unsigned records) {
  Octets out;
  for (const unsigned field : {0x1234U, 0x8180U, 1U, records, 0U, 0U}) put16(out, field);
  put_name(out, "_hep._tcp.site.test");
  put16(out, 33);
  put16(out, 1);
  return out;
}

void put_record(Octets& out, unsigned type, unsigned ttl_s, const Octets& data) {
  for (const unsigned field : {0xc00cU, type, 1U, 0U, ttl_s}) put16(out, field);
  put16(out, static_cast<unsigned>(data.size()));
  out.insert(out.end(), data.begin(), data.end());
}

Octets srv(unsigned priority, unsigned weight, unsigned port, std::string_view target) {
  Octets data;
  for (const unsigned field : {priority, weight, port}) put16(data, field);
  put_name(data, target);
  return data;
}

Octets two_records() {
  Octets out = answer(3);
  Octets alias;
  put_name(alias, "real.test");
  put_record(out, 5, 30, alias);
  put_record(out, 33, 300, srv(10, 60, 9061, "a.site.test"));
  put_record(out, 33, 20, srv(20, 0, 9062, "b.site.test"));
  return out;
}

}  // namespace

TEST_CASE("SRV records are read, others left out") {
  const Octets message = two_records();
  const auto records = parse_srv_records(message);
  REQUIRE(records);
  CHECK(*records == std::vector<SrvRecord>{{10, 60, 9061, "a.site.test", 300},
                                           {20, 0, 9062, "b.site.test", 20}});
}

TEST_CASE("a target may point to a name before it, and the root means that there is none") {
  Octets message = answer(2);
  put_record(message, 33, 5, {0, 1, 0, 2, 0, 3, 1, 'x', 0xc0, 22});  // x, then site.test
  put_record(message, 33, 5, srv(0, 0, 0, ""));
  const auto records = parse_srv_records(message);
  REQUIRE(records);
  REQUIRE(records->size() == 2);
  CHECK((*records)[0].target == "x.site.test");
  CHECK((*records)[1].target.empty());
}

TEST_CASE("each beginning of an answer is no answer") {
  const Octets message = two_records();
  for (std::size_t size = 0; size < message.size(); ++size) {
    CAPTURE(size);
    CHECK_FALSE(parse_srv_records(Bytes{message}.first(size)));
  }
}

TEST_CASE("what is wrong with an answer") {
  struct Row {
    std::string why;
    Octets data;
    Errc want;
  };
  const auto row = GENERATE(values<Row>({
      {"a target that points to itself", {0, 1, 0, 1, 0, 1, 0xc0, 55}, Errc::malformed},
      {"a target that points behind the end", {0, 1, 0, 1, 0, 1, 0xff, 0xff}, Errc::malformed},
      {"no room for a target", {0, 1, 0, 1, 0, 1}, Errc::malformed},
      {"more than a target", {0, 1, 0, 1, 0, 1, 0, 0}, Errc::malformed},
  }));
  CAPTURE(row.why);
  Octets message = answer(1);
  put_record(message, 33, 60, row.data);
  CHECK(parse_srv_records(message).error() == row.want);
}

TEST_CASE("any changed byte is read or refused") {
  const Octets good = two_records();
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      Octets message = good;
      message[at] = static_cast<std::uint8_t>(message[at] ^ (1U << bit));
      const auto records = parse_srv_records(message);
      if (records) CHECK(records->size() <= 3);
    }
  }
}

TEST_CASE("an answer has no more records than are looked at") {
  Octets message = answer(max_srv_records + 1);
  for (std::size_t i = 0; i <= max_srv_records; ++i) {
    put_record(message, 33, 60, srv(1, 1, 1, "a"));
  }
  CHECK(parse_srv_records(message).error() == Errc::over_limit);
}
