// Any bytes: what is counted is what can be taken out again, bodies lie inside the input, and all of
// the input is in some packet.
#include "proto/rtp/rtcp.hpp"

#include "tests/fuzz/require.hpp"

using namespace heptap;
using namespace heptap::test;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {  // NOLINT
  const auto block = exact_block(data, size);
  const Bytes in{block};
  RtcpCounts seen;
  Bytes rest = in;
  while (!rest.empty()) {
    const std::size_t before = rest.size();
    const auto packet = next_rtcp(rest);
    if (!packet) break;
    require(rest.size() < before && packet->body.size() < before);
    require_inside(as_text(in), as_text(packet->body));
    ++seen.packets[static_cast<std::size_t>(packet->type)];
  }
  const auto counts = count_rtcp(in);
  if (!counts) return 0;
  require(rest.empty() && counts->packets == seen.packets && looks_like_rtcp(in));
  return 0;
}
