// A masked message has the index and the Call-ID of the original, and one that is cut is masked as the whole
// is. The first bytes choose the masks. What libosip2 accepts is held by the differential test, on messages
// that somebody sent: of broken ones it takes some and refuses others by single bytes of a name.
#include "proto/sip/mask.hpp"

#include <algorithm>

#include "tests/fuzz/require.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

SipMasks choose(std::uint8_t bits, std::uint8_t kept) {
  return {.users = static_cast<UserMask>(bits % 3),
          .kept_bytes = static_cast<std::uint8_t>(kept % (SipMasks::max_kept_bytes + 1)),
          .credentials = (bits & 4U) != 0,
          .keys = (bits & 8U) != 0,
          .bodies = (bits & 16U) != 0,
          .digits = (bits & 32U) != 0};
}

void require_same_index(const SipView& was, const SipView& is) {
  require(is.call_id() == was.call_id() && is.method() == was.method());
  require(is.head().size() == was.head().size() && is.body().size() == was.body().size());
  require(is.headers().size() == was.headers().size());
  for (std::size_t i = 0; i < is.headers().size(); ++i) {
    require(is.headers()[i].id == was.headers()[i].id);
    require(is.headers()[i].value.size() == was.headers()[i].value.size());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {  // NOLINT
  static SipView view;
  static SipView masked;
  static const MaskKey key(as_bytes("a key of the fuzzer"));
  if (size < 3) return 0;
  const SipMasks masks = choose(data[0], data[1]);
  const auto block = exact_block(data + 3, size - 3);
  if (parse_sip(block, view) != Errc::none) return 0;
  auto copy = block;
  mask_sip(view, block, copy, masks, key);
  require(masks.any() || copy == block);
  const std::size_t sent = copy.size() * data[2] / 255;
  std::vector<std::uint8_t> cut = exact_block(block.data(), sent);
  mask_sip(view, block, cut, masks, key);
  require(std::equal(cut.begin(), cut.end(), copy.begin()));
  require(parse_sip(copy, masked) == Errc::none);
  require_same_index(view, masked);
  return 0;
}
