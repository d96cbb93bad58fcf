// Any bytes: all of a compound that walks is read by somebody, in views that lie inside of it, and its
// JSON keeps the collectors' rules; it fits exactly or not at all.
#include "proto/hep/rtcp_json.hpp"

#include "proto/rtp/rtcp.hpp"
#include "proto/rtp/rtcp_packets.hpp"
#include "proto/rtp/rtcp_sdes.hpp"
#include "proto/rtp/rtcp_xr.hpp"
#include "tests/fuzz/require.hpp"
#include "tests/support/rtcp_json_rules.hpp"
#include "tests/support/rtcp_text.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

void look_into(Bytes in, const RtcpPacketView& packet) {
  if (const auto bye = parse_bye(packet)) require_inside(as_text(in), bye->reason);
  if (const auto app = parse_app(packet)) require_inside(as_text(in), as_text(app->data));
  if (packet.type == RtcpType::sdes) {
    Bytes chunks = packet.body;
    for (auto chunk = next_sdes_chunk(chunks); chunk; chunk = next_sdes_chunk(chunks)) {
      require_inside(as_text(in), as_text(chunk->items));
    }
  }
  if (const auto report = parse_xr(packet)) {
    Bytes blocks = report->blocks;
    for (auto block = next_xr_block(blocks); block; block = next_xr_block(blocks)) {
      require_inside(as_text(in), as_text(block->content));
    }
    require(count_xr_blocks(*report).is_cut == !blocks.empty());
  }
}

void check_json(Bytes in) {
  std::vector<std::uint8_t> room(in.size() * 32 + 512);
  const auto size = hep::encode_rtcp_json(in, room);
  require(size || size.error() == Errc::unsupported);
  if (!size) return;
  require(rtcp_json_faults(as_text(Bytes{room}.first(*size))).empty());
  std::vector<std::uint8_t> exact(*size);
  require(hep::encode_rtcp_json(in, exact).ok());
  exact.pop_back();
  require(hep::encode_rtcp_json(in, exact).error() == Errc::over_limit);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {  // NOLINT
  const auto block = exact_block(data, size);
  const Bytes in{block};
  if (!count_rtcp(in)) {
    require(!hep::encode_rtcp_json(in, {}).ok());
    return 0;
  }
  Bytes rest = in;
  for (auto packet = next_rtcp(rest); packet; packet = next_rtcp(rest)) look_into(in, *packet);
  require(!rtcp_text(in).empty());
  check_json(in);
  return 0;
}
