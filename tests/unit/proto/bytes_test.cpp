#include "proto/bytes.hpp"

#include <array>
#include <catch2/catch.hpp>

#include "proto/result.hpp"

using namespace heptap;

TEST_CASE("ByteReader reads integers of either byte order") {
  const std::array<std::uint8_t, 8> in{1, 2, 3, 4, 5, 6, 7, 8};
  CHECK(ByteReader{in}.u8() == 0x01);
  CHECK(ByteReader{in}.be16() == 0x0102);
  CHECK(ByteReader{in}.be32() == 0x01020304U);
  CHECK(ByteReader{in}.be64() == 0x0102030405060708ULL);
  CHECK(ByteReader{in}.le16() == 0x0201);
  CHECK(ByteReader{in}.le32() == 0x04030201U);
  CHECK(ByteReader{in}.le64() == 0x0807060504030201ULL);
}

TEST_CASE("ByteReader stays failed after a short read") {
  const std::array<std::uint8_t, 3> in{1, 2, 3};
  ByteReader r{in};
  CHECK(r.be16() == 0x0102);
  CHECK(r.ok());
  CHECK(r.be16() == 0);
  CHECK_FALSE(r.ok());
  CHECK(r.u8() == 0);  // the third byte is not handed out late
  CHECK(r.rest().empty());
  CHECK_FALSE(r.ok());
}

TEST_CASE("ByteReader refuses a run longer than what is left, however long") {
  const std::array<std::uint8_t, 3> in{1, 2, 3};
  ByteReader r{in};
  CHECK(r.bytes(static_cast<std::size_t>(-1)).empty());
  CHECK_FALSE(r.ok());
}

TEST_CASE("ByteWriter writes what ByteReader reads, and nothing that does not fit") {
  std::array<std::uint8_t, 9> out{};
  ByteWriter w{out};
  w.be16(0x1234);
  w.be32(0x89abcdefU);
  w.text("hi");
  REQUIRE(w.ok());
  CHECK(w.size() == 8);
  w.be16(1);
  CHECK_FALSE(w.ok());
  CHECK(w.size() == 8);
  CHECK(out[8] == 0);
  w.u8(7);  // would fit, but a failed writer stays failed
  CHECK(w.size() == 8);
  ByteReader r{out};
  CHECK(r.be16() == 0x1234);
  CHECK(r.be32() == 0x89abcdefU);
  CHECK(as_text(r.bytes(2)) == "hi");
}

TEST_CASE("Result holds a value or a reason") {
  const Result<int> good{7};
  const Result<int> bad{Errc::malformed};
  CHECK(good.ok());
  CHECK(*good == 7);
  CHECK(good.error() == Errc::none);
  CHECK_FALSE(bad.ok());
  CHECK(bad.error() == Errc::malformed);
  CHECK(to_string(bad.error()) == "malformed");
}
