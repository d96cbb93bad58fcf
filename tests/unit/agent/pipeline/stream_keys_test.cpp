#include "agent/pipeline/stream_keys.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <vector>

using namespace heptap;

namespace {

IpAddress v4(std::uint8_t last) {
  return IpAddress::from(std::array<std::uint8_t, 4>{192, 0, 2, last});
}
IpAddress v6(std::uint8_t last) {
  return IpAddress::from(
      std::array<std::uint8_t, 16>{0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, last});
}

std::vector<RtpStreamKey> keys() {
  return {{{v4(1), v4(2), 4000, 5000}, 7}, {{v4(2), v4(1), 4000, 5000}, 7},
          {{v4(1), v4(2), 5000, 4000}, 7}, {{v4(1), v4(2), 4000, 5000}, 8},
          {{v6(1), v6(2), 4000, 5000}, 7}, {{v6(2), v6(1), 4000, 5000}, 7},
          {{v6(1), v6(2), 4000, 5001}, 7}, {{v6(1), v6(3), 4000, 5000}, 7}};
}

}  // namespace

TEST_CASE("a packed key is the same as its own key only, and gives it back") {
  STATIC_REQUIRE(sizeof(PackedStreamKey) == 16);
  const std::vector<RtpStreamKey> all = keys();
  StreamKeys packer(all.size());
  std::vector<PackedStreamKey> packed;
  packed.reserve(all.size());
  for (const RtpStreamKey& key : all) packed.push_back(packer.hold(key));
  for (std::size_t i = 0; i < all.size(); ++i) {
    CHECK(packer.unpacked(packed[i], all[i].is_v6()) == all[i]);
    for (std::size_t j = 0; j < all.size(); ++j) {
      CHECK(packer.are_same(packed[i], all[i].is_v6(), all[j]) == (i == j));
    }
  }
}

TEST_CASE("only addresses of IPv6 take room of their own, until they are released") {
  StreamKeys packer(2);
  const PackedStreamKey four = packer.hold(keys()[0]);
  const PackedStreamKey six = packer.hold(keys()[4]);
  CHECK(packer.use().entries == 1);
  packer.release(four, false);
  packer.release(six, true);
  CHECK(packer.use().entries == 0);
}
