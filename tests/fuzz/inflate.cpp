// Whatever messages say they are compressed, they come out within their room, as they do in exactly
// the room they need; and the next one that is right is read.
#include "proto/sip/inflate.hpp"

#include <algorithm>
#include <array>

#include "tests/fuzz/require.hpp"

using namespace heptap;
using namespace heptap::test;

// Each message is preceded by its size in one byte.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {  // NOLINT
  constexpr std::array<std::uint8_t, 7> hello{0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00};
  Inflater wide;
  Inflater narrow;
  std::vector<std::uint8_t> room(16 * 1024);
  for (Bytes rest{data, size}; !rest.empty();) {
    const std::size_t count = std::min<std::size_t>(rest[0], rest.size() - 1);
    const auto sent = exact_block(rest.data() + 1, count);
    rest = rest.subspan(1 + count);
    const Result<Bytes> out = wide.message(sent, room);
    std::vector<std::uint8_t> exact(out ? out->size() : room.size());
    const Result<Bytes> again = narrow.message(sent, exact);
    require(again.error() == out.error() || (exact.empty() && !again));
    if (again) require(std::equal(again->begin(), again->end(), out->begin(), out->end()));
    if (out && !again) wide.reset();
    if (!out) require(as_text(*wide.message(hello, room)) == "Hello");
    if (!out) require(as_text(*narrow.message(hello, room)) == "Hello");
  }
  require(wide.peek({data, size}, room).size() <= room.size());
  return 0;
}
