// What is taken for the report of a call is one when it has been masked, too: nothing but texts has changed.
// Of escapes, a mask may leave half.
#include "agent/report/call_json_shape.hpp"

#include "proto/sip/mask.hpp"
#include "tests/fuzz/require.hpp"

using namespace heptap;
using namespace heptap::test;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {  // NOLINT
  static const MaskKey key(as_bytes("a key of the fuzzer"));
  const auto block = exact_block(data, size);
  const bool is_report = is_call_json(as_text(block));
  const bool has_escape = as_text(block).find('\\') != std::string_view::npos;
  for (const UserMask users : {UserMask::hash, UserMask::keep_first}) {
    auto copy = block;
    mask_report(block, copy, {.users = users, .digits = true}, key);
    require(!is_report || has_escape || is_call_json(as_text(copy)));
  }
  return 0;
}
