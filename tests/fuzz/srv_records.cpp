// Any answer of a name server gives SRV records that can be made into members, or is refused.
#include <array>
#include <cstdint>
#include <vector>

#include "agent/names/name_members.hpp"
#include "tests/fuzz/require.hpp"

using namespace heptap;

// libFuzzer's name for the entry point.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {  // NOLINT
  const auto block = test::exact_block(data, size);
  const auto records = parse_srv_records(block);
  if (!records) return 0;
  test::require(records->size() <= max_srv_records);
  std::vector<ServiceTarget> targets;
  for (const SrvRecord& one : *records) {
    test::require(one.target.size() <= 1024);  // 255 bytes, each of which may be written as \ddd
    const std::array<std::uint8_t, 4> address{192, 0, 2, static_cast<std::uint8_t>(one.weight)};
    targets.push_back({one, {IpAddress::from(address)}});
  }
  const NameMembers members = members_of(targets);
  test::require(members.list.size() <= max_name_members);
  unsigned tier = 0;
  for (const NameMember& one : members.list) {
    test::require(one.weight > 0 && one.tier >= tier);
    tier = one.tier;
  }
  return 0;
}
