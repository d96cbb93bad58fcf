#include "proto/hep/srtcp_json.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <limits>

using namespace heptap;

namespace {

constexpr std::uint32_t most = std::numeric_limits<std::uint32_t>::max();

std::string json_of(const SrtcpFigures& figures) {
  std::array<std::uint8_t, 128> room{};
  const auto size = hep::encode_srtcp_json(figures, room);
  REQUIRE(size);
  return std::string{as_text({room.data(), *size})};
}

}  // namespace

TEST_CASE("a source of SRTCP is told by what is in clear, and has no zeroes for the rest") {
  CHECK(json_of({{7, 200, 1, 52}, 5, 2, 9}) ==
        R"({"srtcp":true,"ssrc":7,"pt":200,"index":9,"packets":5,"lost":2})");
  CHECK(json_of({{7, 201, 1, 32}, 1, 0, {}}) ==
        R"({"srtcp":true,"ssrc":7,"pt":201,"packets":1,"lost":0})");
}

TEST_CASE("128 bytes are enough for all figures of SRTCP, and three are not") {
  CHECK_NOTHROW(json_of({{most, 255, 31, 0}, most, most, most}));
  std::array<std::uint8_t, 3> room{};
  CHECK(hep::encode_srtcp_json({}, room).error() == Errc::over_limit);
}
