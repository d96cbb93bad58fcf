// Any bytes: extension and payload of a header lie inside the input, in this order, and what looks
// like RTP can be read.
#include "proto/rtp/rtp.hpp"

#include "tests/fuzz/require.hpp"

using namespace heptap;
using namespace heptap::test;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {  // NOLINT
  const auto block = exact_block(data, size);
  const Bytes in{block};
  const auto rtp = parse_rtp(in);
  require(!looks_like_rtp(in) || rtp.ok());
  require(!looks_like_rtp(in) || in[0] >> 6U == 2);
  if (!rtp) return 0;
  require_inside(as_text(in), as_text(rtp->extension));
  require_inside(as_text(in), as_text(rtp->payload));
  require(12 + 4U * rtp->csrc_count + rtp->extension.size() + rtp->payload.size() <= size);
  require(rtp->payload_type < 128);
  return 0;
}
