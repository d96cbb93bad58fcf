#include "agent/pipeline/inflater_pool.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <string>

#include "tests/support/allocation_counter.hpp"
#include "tests/support/deflater.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

constexpr auto most = static_cast<std::uint32_t>(InflaterPool::max_inflaters);

/// A sender whose second message refers back to its first.
class Sender {
 public:
  explicit Sender(std::uint32_t stream)
      : text_("the messages of stream " + std::to_string(stream) + " are all the same"),
        first_(deflater_.message(text_)),
        second_(deflater_.message(text_)) {}

  bool read_first(Inflater& by) const { return read(by, first_); }
  bool read_second(Inflater& by) const { return read(by, second_); }

 private:
  bool read(Inflater& by, Bytes deflated) const {
    std::array<std::uint8_t, 256> out{};
    const auto message = by.message(deflated, out);
    return message && as_text(*message) == text_;
  }

  Deflater deflater_;
  std::string text_;
  std::vector<std::uint8_t> first_;
  std::vector<std::uint8_t> second_;
};

}  // namespace

TEST_CASE("each stream has an inflater that knows its own messages") {
  InflaterPool pool;
  const Sender one(1);
  const Sender two(2);
  REQUIRE(one.read_first(pool.of(1)));
  CHECK_FALSE(two.read_second(pool.of(2)));
  CHECK(two.read_first(pool.of(2)));
  CHECK(one.read_second(pool.of(1)));
  CHECK(two.read_second(pool.of(2)));
}

TEST_CASE("a stream that begins anew refers back to nothing") {
  InflaterPool pool;
  const Sender one(1);
  REQUIRE(one.read_first(pool.of(1)));
  pool.reset(2);  // another one
  CHECK(one.read_second(pool.of(1)));
  REQUIRE(one.read_first(pool.of(1)));
  pool.reset(1);
  CHECK_FALSE(one.read_second(pool.of(1)));
}

TEST_CASE("a look at something is no message of any stream") {
  InflaterPool pool;
  const Sender one(1);
  REQUIRE(one.read_first(pool.of(1)));
  CHECK(one.read_first(pool.any()));
  CHECK(one.read_second(pool.of(1)));
}

TEST_CASE("of more streams than inflaters, the one that was silent longest loses its own") {
  InflaterPool pool;
  const Sender zero(0);
  const Sender one(1);
  for (std::uint32_t stream = 0; stream < most; ++stream) (void)pool.of(stream);
  REQUIRE(one.read_first(pool.of(1)));
  REQUIRE(zero.read_first(pool.of(0)));
  for (std::uint32_t stream = 2; stream < most; ++stream) (void)pool.of(stream);
  const Sender another(most);
  CHECK_FALSE(another.read_second(pool.of(most)));  // it has that of 1, which it must not know
  CHECK(zero.read_second(pool.of(0)));
  CHECK_FALSE(one.read_second(pool.of(1)));
}

TEST_CASE("a stream loses its inflater to others only when all of them know SIP") {
  InflaterPool pool;
  const Sender good(0);
  REQUIRE(good.read_first(pool.of(0)));
  pool.confirm(0);
  for (std::uint32_t stream = 1; stream < 3 * most; ++stream) (void)pool.of(stream);
  SECTION("and they do not") { CHECK(good.read_second(pool.of(0))); }
  SECTION("and one does not, as it began anew") {
    for (std::uint32_t stream = 2 * most + 1; stream < 3 * most; ++stream) pool.confirm(stream);
    pool.reset(2 * most + 9);
    for (std::uint32_t stream = 0; stream < most; ++stream) (void)pool.of(4 * most + stream);
    CHECK(good.read_second(pool.of(0)));
  }
  SECTION("and they do") {
    for (std::uint32_t stream = 2 * most + 1; stream < 3 * most; ++stream) pool.confirm(stream);
    (void)pool.of(3 * most);
    CHECK_FALSE(good.read_second(pool.of(0)));
  }
}

TEST_CASE("streams come and go without an allocation once all inflaters are made") {
  InflaterPool pool;
  for (std::uint32_t stream = 0; stream < most; ++stream) (void)pool.of(stream);
  const Sender one(1);
  const AllocationCounter counter;
  for (std::uint32_t stream = 0; stream < 4 * most; ++stream) {
    REQUIRE(one.read_first(pool.of(stream)));
    pool.reset(stream);
  }
  CHECK(counter.count() == 0);
}
