// Any sequence of datagrams and times: a round trip is within its bounds, only what is clear or
// authenticated has bytes to read, these walk and lie inside of the datagram.
#include <algorithm>

#include "proto/rtp/rtcp.hpp"
#include "proto/rtp/rtcp_rtt.hpp"
#include "proto/rtp/rtcp_sanity.hpp"
#include "proto/rtp/srtcp.hpp"
#include "tests/fuzz/require.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

constexpr std::uint32_t longest_us = 10'000'000;

void check_trip(const std::optional<RoundTrip>& trip) {
  if (!trip) return;
  require(trip->half_us > 0 && trip->half_us <= longest_us);
  require(!trip->call_us || (*trip->call_us > trip->half_us && *trip->call_us <= 2 * longest_us));
}

void check_verdict(Bytes in, const SrtcpVerdict& verdict, SrtcpHint hint) {
  const bool is_readable =
      verdict.kind == SrtcpKind::clear || verdict.kind == SrtcpKind::authenticated;
  require(is_readable == !verdict.plain.empty());
  require_inside(as_text(in), as_text(verdict.plain));
  require(!is_readable || count_rtcp(verdict.plain).ok());
  require(!verdict.index || *verdict.index < 1U << 20U);
  require(hint != SrtcpHint::encrypted || verdict.kind != SrtcpKind::clear);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {  // NOLINT
  RtcpRoundTrip trips;
  RtcpSuspicion suspicion;
  SrtcpRecogniser recogniser;
  std::int64_t now_us = 0;
  ByteReader r{{data, size}};
  while (!r.rest().empty()) {
    const auto hint = static_cast<SrtcpHint>(r.u8() % 3);
    now_us += std::int64_t{static_cast<std::int8_t>(r.u8())} * 25'000;
    const std::size_t length = r.u8();
    const Bytes bytes = r.bytes(std::min(length, r.rest().size()));
    const auto in = exact_block(bytes.data(), bytes.size());
    const SrtcpVerdict verdict = recogniser.add(in, hint);
    check_verdict(in, verdict, hint);
    if (suspicion.add(is_plausible_rtcp(verdict.plain, {}))) {
      check_trip(trips.add(verdict.plain, now_us));
    }
  }
  return 0;
}
