// Any bytes have one content: never one that only the caller can know, and what has a header has
// room for it.
#include "agent/pipeline/classify.hpp"
#include "proto/sip/message.hpp"
#include "tests/fuzz/require.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {
std::size_t least_bytes(Content content) {
  switch (content) {
    case Content::rtp: return 12;
    case Content::rtcp:
    case Content::srtcp: return 8;
    case Content::stun: return 20;
    case Content::dtls: return 13;
    case Content::tls: return 5;
    case Content::hep: return 4;
    case Content::http: return 10;
    case Content::json: return 2;
    default: return 0;
  }
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {  // NOLINT
  static SipView sip;
  static MediaHeaders headers;
  const auto block = exact_block(data, size);
  const Errc parsed = parse_sip(block, sip);
  const Content datagram = content_of_datagram(block, parsed, headers);
  require((datagram == Content::sip) == (parsed != Errc::malformed));
  require(datagram != Content::tls && datagram != Content::no_payload);
  require(datagram != Content::stream && size >= least_bytes(datagram));
  const Content stream = content_of_stream(block);
  require((stream == Content::no_payload) == (size == 0) && size >= least_bytes(stream));
  require(stream != Content::sip && stream != Content::stream && stream != Content::rtp);
  return 0;
}
