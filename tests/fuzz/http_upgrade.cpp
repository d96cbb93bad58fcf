// A head that is read ends with its last byte, and all before that is incomplete.
#include "proto/sip/http_upgrade.hpp"

#include "tests/fuzz/require.hpp"

using namespace heptap;
using namespace heptap::test;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {  // NOLINT
  const auto block = exact_block(data, size);
  const Bytes in = block;
  const Result<HttpUpgrade> upgrade = parse_http_upgrade(in);
  if (!upgrade) {
    require((upgrade.error() == Errc::over_limit) <= (size >= max_http_head_bytes));
    return 0;
  }
  require(upgrade->size_bytes <= size && upgrade->size_bytes <= max_http_head_bytes);
  require(in[upgrade->size_bytes - 1] == '\n');
  require(parse_http_upgrade(in.first(upgrade->size_bytes)).ok());
  for (std::size_t cut = 0; cut < upgrade->size_bytes; ++cut) {
    require(parse_http_upgrade(in.first(cut)).error() == Errc::incomplete);
  }
  return 0;
}
