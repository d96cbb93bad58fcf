// libosip2 survives what it is given, and agrees with the index on plain messages.
#include "proto/sip/osip.hpp"

#include <cstdio>

#include "tests/differential/agreement.hpp"
#include "tests/fuzz/require.hpp"

using namespace heptap;
using namespace heptap::test;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {  // NOLINT
  static SipView view;
  static OsipMessage osip;
  const auto block = exact_block(data, size);
  if (parse_sip(block, view) != Errc::none || osip.parse(view) != Errc::none) return 0;
  const auto found = differences(view, osip);
  if (!is_plain(view)) return 0;
  for (const Difference& d : found)
    std::fprintf(stderr, "%s: [%s] [%s]\n", d.field.c_str(), d.index.c_str(), d.osip.c_str());
  require(found.empty());
  return 0;
}
