#include "proto/net/defrag.hpp"

#include "tests/support/allocation_counter.hpp"
#include "tests/unit/proto/net/fragment_tap.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

constexpr auto held = Decoded::ip_fragment;  // or dropped: the counters say which
constexpr std::uint32_t id = 77;

/// A datagram of 48 octets: three fragments of 16.
Frame datagram(bool is_v6, unsigned first = 0) {
  const Frame content = udp(numbered(40, first));
  return is_v6 ? ipv6(content) : ipv4(content);
}

/// The same fragment with one octet of its content changed.
Frame changed(Frame fragment) {
  fragment.back() ^= 0xffU;
  return fragment;
}

}  // namespace

TEST_CASE("the last missing fragment gives the datagram") {
  const bool is_v6 = GENERATE(false, true);
  const Frame whole = datagram(is_v6);
  FragmentTap tap;
  CHECK(tap.take(fragment_of(whole, 32, 48, id)) == held);
  CHECK(tap.take(fragment_of(whole, 0, 16, id)) == held);
  CHECK(tap.counts().held == 2);
  REQUIRE(tap.take(fragment_of(whole, 16, 32, id)) == Decoded::packet);
  CHECK(Frame(tap.packet().payload.begin(), tap.packet().payload.end()) == numbered(40));
  CHECK(tap.packet().destination_port == 5080);
  CHECK_FALSE(tap.packet().truncated);
  CHECK(tap.fate(FragmentFate::joined) == 2);
  CHECK(tap.counts().held == 0);
  CHECK(tap.counts().datagrams == 1);
}

TEST_CASE("a fragment that is there already changes nothing") {
  const bool is_v6 = GENERATE(false, true);
  const Frame whole = datagram(is_v6);
  FragmentTap tap;
  for (int i = 0; i < 2; ++i) CHECK(tap.take(fragment_of(whole, 0, 16, id)) == held);
  for (int i = 0; i < 2; ++i) CHECK(tap.take(fragment_of(whole, 32, 48, id)) == held);
  CHECK(tap.take(fragment_of(whole, 16, 32, id)) == Decoded::packet);
  CHECK(tap.fate(FragmentFate::duplicate) == 2);
  CHECK(tap.counts().overlaps == 0);
}

TEST_CASE("of IPv4 fragments that overlap the first wins") {
  const Frame whole = datagram(false);
  FragmentTap tap;
  CHECK(tap.take(fragment_of(whole, 0, 24, id)) == held);
  Frame second = fragment_of(whole, 16, 48, id);
  for (std::size_t i = 20; i < 28; ++i) second[i] ^= 0xffU;  // what the first has
  REQUIRE(tap.take(second) == Decoded::packet);
  CHECK(Frame(tap.packet().payload.begin(), tap.packet().payload.end()) == numbered(40));
  CHECK(tap.counts().overlaps == 1);
  CHECK(tap.fate(FragmentFate::overlap) == 0);
}

TEST_CASE("an IPv4 identification that is used again begins anew, whatever was lost before") {
  const Frame old = datagram(false, 1);
  const Frame whole = datagram(false, 2);
  FragmentTap tap;
  CHECK(tap.take(fragment_of(old, 0, 24, id)) == held);
  tap.pass(1'000'000);
  CHECK(tap.take(fragment_of(whole, 0, 24, id)) == held);
  REQUIRE(tap.take(fragment_of(whole, 24, 48, id)) == Decoded::packet);
  CHECK(Frame(tap.packet().payload.begin(), tap.packet().payload.end()) == numbered(40, 2));
  CHECK(tap.fate(FragmentFate::expired) == 1);
}

TEST_CASE("an IPv4 fragment that is all there in parts is a duplicate") {
  const Frame whole = datagram(false);
  FragmentTap tap;
  CHECK(tap.take(fragment_of(whole, 0, 16, id)) == held);
  CHECK(tap.take(fragment_of(whole, 16, 32, id)) == held);
  CHECK(tap.take(fragment_of(whole, 8, 24, id)) == held);
  CHECK(tap.take(changed(fragment_of(whole, 0, 16, id))) == held);
  CHECK(tap.fate(FragmentFate::duplicate) == 2);
  CHECK(tap.take(fragment_of(whole, 32, 48, id)) == Decoded::packet);
}

TEST_CASE("an end that comes with nothing else completes an IPv4 datagram") {
  const Frame whole = datagram(false);
  Frame with_more = fragment_of(whole, 16, 48, id);
  with_more[6] |= 0x20U;  // more fragments
  FragmentTap tap;
  CHECK(tap.take(fragment_of(whole, 0, 16, id)) == held);
  CHECK(tap.take(with_more) == held);
  CHECK(tap.take(fragment_of(whole, 32, 48, id)) == Decoded::packet);
}

TEST_CASE("an IPv6 datagram with an overlap is dropped whole, with what comes later") {
  const Frame whole = datagram(true);
  const Frame longer = ipv6(udp(numbered(56)));
  const auto overlapping = GENERATE_COPY(values<Frame>({
      fragment_of(whole, 8, 24, id),           // other borders
      changed(fragment_of(whole, 0, 16, id)),  // other content
      fragment_of(whole, 24, 48, id),          // over the end
      fragment_of(longer, 40, 56, id),         // beyond the end
      fragment_of(longer, 32, 64, id),         // with another end
  }));
  FragmentTap tap;
  CHECK(tap.take(fragment_of(whole, 0, 16, id)) == held);
  CHECK(tap.take(fragment_of(whole, 32, 48, id)) == held);
  CHECK(tap.take(overlapping) == held);
  CHECK(tap.fate(FragmentFate::overlap) == 3);
  for (int i = 0; i < 2; ++i) {
    CHECK(tap.take(fragment_of(whole, 0, 16, id)) == held);
    CHECK(tap.take(fragment_of(whole, 16, 32, id)) == held);
    CHECK(tap.take(fragment_of(whole, 32, 48, id)) == held);
  }
  CHECK(tap.fate(FragmentFate::overlap) == 9);
  CHECK(tap.counts().held == 0);
  CHECK(tap.take(fragment_of(whole, 0, 16, id + 1)) == held);  // another one is not
  CHECK(tap.counts().held == 1);
}

TEST_CASE("fragments wait for the missing one as long as packet time says") {
  const bool is_v6 = GENERATE(false, true);
  const Frame whole = datagram(is_v6);
  FragmentTap tap(DefragLimits{.max_age_us = 1000});
  CHECK(tap.take(fragment_of(whole, 0, 16, id)) == held);
  tap.pass(600);
  CHECK(tap.take(fragment_of(whole, 16, 32, id)) == held);
  SECTION("in time") {
    tap.pass(400);
    CHECK(tap.take(fragment_of(whole, 32, 48, id)) == Decoded::packet);
  }
  SECTION("too late") {
    tap.pass(401);
    CHECK(tap.take(fragment_of(whole, 32, 48, id)) == held);
    CHECK(tap.fate(FragmentFate::expired) == 2);
    CHECK(tap.counts().held == 1);
  }
  SECTION("any fragment is a clock") {
    tap.pass(401);
    CHECK(tap.take(fragment_of(whole, 0, 16, id + 1)) == held);
    CHECK(tap.fate(FragmentFate::expired) == 2);
  }
}

TEST_CASE("when the clock goes back, what began later is forgotten, and no more") {
  const bool is_v6 = GENERATE(false, true);
  const Frame whole = datagram(is_v6);
  FragmentTap tap;
  CHECK(tap.take(fragment_of(whole, 0, 16, id)) == held);
  tap.pass(100);
  CHECK(tap.take(fragment_of(whole, 0, 16, id + 1)) == held);
  CHECK(tap.take(fragment_of(whole, 0, 16, id + 2)) == held);
  CHECK(tap.take(fragment_of(whole, 16, 48, id + 2)) == Decoded::packet);
  SECTION("to before their time") {
    tap.pass(-50);
    CHECK(tap.take(fragment_of(whole, 16, 48, id + 1)) == held);
    CHECK(tap.fate(FragmentFate::expired) == 1);
    CHECK(tap.take(fragment_of(whole, 16, 48, id + 2)) == held);
    CHECK(tap.fate(FragmentFate::duplicate) == 0);
  }
  SECTION("to their time") {
    tap.pass(50);
    CHECK(tap.take(fragment_of(whole, 0, 16, id + 3)) == held);
    tap.pass(-50);
    CHECK(tap.take(fragment_of(whole, 16, 48, id + 1)) == Decoded::packet);
    CHECK(tap.take(fragment_of(whole, 16, 48, id + 2)) == held);
    CHECK(tap.fate(FragmentFate::duplicate) == 1);
  }
  CHECK(tap.take(fragment_of(whole, 16, 48, id)) == Decoded::packet);
}

TEST_CASE("late copies of a datagram that is through are duplicates, for a moment") {
  const bool is_v6 = GENERATE(false, true);
  const Frame whole = datagram(is_v6);
  FragmentTap tap;
  CHECK(tap.take(fragment_of(whole, 0, 16, id)) == held);
  CHECK(tap.take(fragment_of(whole, 16, 48, id)) == Decoded::packet);
  tap.pass(100'000);
  CHECK(tap.take(fragment_of(whole, 16, 48, id)) == held);
  CHECK(tap.take(fragment_of(whole, 0, 16, id)) == held);
  CHECK(tap.fate(FragmentFate::duplicate) == 2);
  tap.pass(1);  // then it may be a retransmission
  CHECK(tap.take(fragment_of(whole, 0, 16, id)) == held);
  CHECK(tap.counts().held == 1);
  CHECK(tap.take(fragment_of(whole, 16, 48, id)) == Decoded::packet);
}

TEST_CASE("an identification that is used again at once gives the new datagram") {
  const bool is_v6 = GENERATE(false, true);
  const bool backwards = GENERATE(false, true);
  FragmentTap tap;
  for (unsigned round = 0; round < 5; ++round) {
    const Frame whole = datagram(is_v6, round);
    const Frame first = fragment_of(whole, 0, 16, id);
    const Frame second = fragment_of(whole, 16, 48, id);
    CHECK(tap.take(backwards ? second : first) == held);
    REQUIRE(tap.take(backwards ? first : second) == Decoded::packet);
    CHECK(tap.packet().payload.front() == round);
    CHECK(tap.packet().payload.back() == numbered(40, round).back());
  }
  CHECK(tap.fate(FragmentFate::joined) == 5);
}

TEST_CASE("only fragments of the same datagram are joined") {
  const bool is_v6 = GENERATE(false, true);
  const Frame whole = datagram(is_v6);
  const std::size_t source = is_v6 ? 23 : 15;
  const std::size_t destination = is_v6 ? 39 : 19;
  FragmentTap tap;
  CHECK(tap.take(fragment_of(whole, 0, 16, id)) == held);
  CHECK(tap.take(fragment_of(whole, 16, 48, id + 1)) == held);
  CHECK(tap.take(fragment_of(put_over(whole, source, {9}), 16, 48, id)) == held);
  CHECK(tap.take(fragment_of(put_over(whole, destination, {9}), 16, 48, id)) == held);
  const Frame other = fragment_of(put_over(whole, is_v6 ? 6 : 9, {6}), 16, 48, id);
  // Of IPv6 the first fragment alone says what is inside (RFC 8200 section 4.5).
  CHECK(tap.take(other) == (is_v6 ? Decoded::packet : held));
  CHECK(tap.take(fragment_of(whole, 16, 48, id)) == (is_v6 ? held : Decoded::packet));
  CHECK(tap.packet().ip_protocol == 17);
}

TEST_CASE("fragments cost no allocation, whatever becomes of them") {
  const Frame whole = ipv4(udp(numbered(2992)));
  std::vector<Frame> fragments;
  for (std::uint32_t i = 0; i < 10; ++i) fragments.push_back(fragment_of(whole, 0, 1000, i));
  for (const std::size_t at : {1000U, 2000U}) {
    fragments.push_back(fragment_of(whole, at, at + 1000, 9));
  }
  Decoder decoder(DefragLimits{.max_datagrams = 2});
  Packet packet;
  const AllocationCounter counter;
  for (std::int64_t round = 0; round < 3; ++round) {
    for (const Frame& frame : fragments) {
      static_cast<void>(decoder.decode(link_type::raw, frame, round * 1'000'000, packet));
    }
  }
  CHECK(counter.count() == 0);
  CHECK(decoder.fragments().datagrams == 3);
  CHECK(decoder.fragments()[FragmentFate::evicted] > 20);
}
