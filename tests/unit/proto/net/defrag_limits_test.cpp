#include "proto/net/defrag.hpp"

#include "tests/unit/proto/net/fragment_tap.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

constexpr auto held = Decoded::ip_fragment;  // or dropped: the counters say which

Frame sized(bool is_v6, std::size_t payload_bytes) {
  const Frame content = udp(numbered(payload_bytes - 8));
  return is_v6 ? ipv6(content) : ipv4(content);
}

}  // namespace

TEST_CASE("fragments that cannot be right are dropped for a reason") {
  const bool is_v6 = GENERATE(false, true);
  const Frame whole = sized(is_v6, 64);
  const Frame shorter = sized(is_v6, 40);
  const Frame longer = sized(is_v6, 80);
  const std::size_t payload = is_v6 ? 48 : 20;  // behind the headers
  Frame empty = fragment_of(whole, 8, 8, 1);
  Frame beyond = fragment_of(sized(is_v6, 65'500), 65'488, 65'500, 1);
  if (is_v6) {
    beyond[42] |= 0xffU;
    beyond[43] |= 0xf8U;
  } else {
    beyond[6] |= 0x1fU;
    beyond[7] |= 0xffU;
  }
  struct Row {
    const char* why;
    Frame before;
    Frame fragment;
    FragmentFate want;
  };
  Frame cut = fragment_of(whole, 16, 32, 1);
  cut.pop_back();
  const auto row = GENERATE_COPY(values<Row>({
      {"empty", {}, empty, FragmentFate::malformed},
      {"not a multiple of eight", {}, fragment_of(whole, 8, 20, 1), FragmentFate::malformed},
      {"beyond what IP can hold", {}, beyond, FragmentFate::malformed},
      {"behind the end", fragment_of(shorter, 32, 40, 1), fragment_of(whole, 40, 48, 1),
       FragmentFate::malformed},
      {"another end", fragment_of(shorter, 32, 40, 1), fragment_of(whole, 40, 64, 1),
       FragmentFate::malformed},
      {"an end in front of what is there", fragment_of(longer, 48, 56, 1),
       fragment_of(shorter, 32, 40, 1), FragmentFate::malformed},
      {"cut by the capture", {}, cut, FragmentFate::truncated},
  }));
  CAPTURE(row.why, payload);
  FragmentTap tap;
  const std::uint64_t before = row.before.empty() ? 0 : 1;
  if (before != 0) CHECK(tap.take(row.before) == held);
  CHECK(tap.take(row.fragment) == held);
  CHECK(tap.fate(row.want) == 1);
  CHECK(tap.counts().held == before);
}

TEST_CASE("the largest datagram there is comes out") {
  const bool is_v6 = GENERATE(false, true);
  const std::size_t size = is_v6 ? 65'535 : 65'515;  // IPv4 counts its header
  const Frame content = udp(numbered(size - 8));
  const Frame head = is_v6 ? ipv6({}) : ipv4({});
  FragmentTap tap(DefragLimits{.max_bytes = 1});  // there is always room for one
  for (std::size_t at = 0; at < size; at += 1480) {
    const std::size_t end = std::min(size, at + 1480);
    const Decoded got = tap.take(fragment_of(joined(head, content), at, end, 1));
    REQUIRE(got == (end == size ? Decoded::packet : held));
  }
  CHECK(tap.packet().payload.size() == size - 8);
  CHECK(std::equal(content.begin() + 8, content.end(), tap.packet().payload.begin()));
}

TEST_CASE("more pieces than any sender makes are not kept") {
  const Frame whole = sized(false, 8'192);
  FragmentTap tap;
  for (std::size_t at = 0; at + 8 < 8'192; at += 16) {
    CHECK(tap.take(fragment_of(whole, at, at + 8, 1)) == held);
  }
  CHECK(tap.counts().held == 512);
  CHECK(tap.take(fragment_of(whole, 8, 16, 1)) == held);
  CHECK(tap.fate(FragmentFate::over_limit) == 1);
}

TEST_CASE("a fragment as deep as headers may be is accounted for") {
  Frame packet = fragment_of(sized(false, 64), 0, 32, 1);  // an IP header and a fragment
  for (int headers = 2; headers < Decoder::max_headers; headers += 2)
    packet = outer_ipv4(packet, 4);
  FragmentTap tap;
  CHECK(to_string(tap.take(packet)) == "ip_fragment");
  CHECK(tap.counts().held == 1);
  const Frame options = from_hex("0400 0104 00000000");
  const Frame too_deep = outer_ipv6(joined(options, {packet.begin() + 20, packet.end()}), 60);
  CHECK(to_string(tap.take(too_deep)) == "nesting_limit");
  CHECK(tap.counts().held == 1);
}

TEST_CASE("a flood of first fragments stays within the limits, and good ones come out") {
  const bool is_v6 = GENERATE(false, true);
  constexpr std::size_t max_datagrams = 64;
  constexpr std::size_t max_bytes = 1 << 16;
  const std::size_t part = GENERATE(8U, 2000U);  // so that entries, or bytes, are scarce
  CAPTURE(is_v6, part);
  const Frame flood = fragment_of(sized(is_v6, 4000), 0, part, 0);
  const Frame good = sized(is_v6, 160);
  FragmentTap tap(DefragLimits{.max_bytes = max_bytes, .max_datagrams = max_datagrams});
  const auto numbered_as = [&](Frame frame, std::uint32_t number) {
    Frame digits;
    if (is_v6) put16(digits, number >> 16U);
    put16(digits, number & 0xffffU);
    if (!is_v6) {  // the address too: there are only 65,536 numbers
      return put_over(put_over(std::move(frame), 4, digits), 12,
                      {10, static_cast<std::uint8_t>(number >> 16U)});
    }
    return put_over(std::move(frame), 44, digits);
  };
  const std::size_t max_held = std::min(max_datagrams, max_bytes / part);
  std::uint64_t came_out = 0;
  for (std::uint32_t i = 0; i < 200'000; ++i) {
    REQUIRE(tap.take(numbered_as(flood, i)) == held);
    REQUIRE(tap.counts().held <= max_held + 1);
    if (i % 100 == 50) CHECK(tap.take(fragment_of(good, 0, 80, 0x80000000U + i)) == held);
    if (i % 100 == 60 &&
        tap.take(fragment_of(good, 80, 160, 0x80000000U + i - 10)) == Decoded::packet) {
      ++came_out;
    }
  }
  CHECK(came_out == 2000);
  CHECK(tap.counts().datagrams == 2000);
  CHECK(tap.fate(FragmentFate::evicted) + tap.counts().held == 200'000);
}

TEST_CASE("each fate has a name") {
  for (unsigned i = 0; i < static_cast<unsigned>(FragmentFate::count_); ++i) {
    CHECK(to_string(static_cast<FragmentFate>(i)) != "?");
  }
  CHECK(to_string(FragmentFate::count_) == "?");
}
