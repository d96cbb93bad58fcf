// Every view of the index lies inside the input, and both scanners find the same.
#include "proto/sip/message.hpp"
#include "tests/fuzz/require.hpp"

using namespace heptap;
using namespace heptap::test;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {  // NOLINT
  static SipView view;
  static SipView other;
  const auto block = exact_block(data, size);
  const Errc error = parse_sip(block, view);
  require(parse_sip_portable(block, other) == error);
  if (size <= SipView::max_head_bytes) {
    require((error != Errc::malformed) == looks_like_sip(block));
  }
  require_inside(as_text(block), view.start_line());
  if (error != Errc::none) return 0;
  require(view.start_line() == other.start_line() && view.head() == other.head());
  require(view.body() == other.body() && view.headers().size() == other.headers().size());
  require(view.head().size() + view.body().size() + view.trailing().size() == view.text().size());
  for (const std::string_view part :
       {view.method(), view.request_uri(), view.version(), view.reason(), view.call_id()}) {
    require_inside(view.head(), part);
  }
  for (std::size_t i = 0; i < view.headers().size(); ++i) {
    const SipHeader header = view.headers()[i];
    require_inside(view.head(), header.name);
    require_inside(view.head(), header.value);
    require(!header.name.empty() && header.id == header_id(header.name));
    require(header.value == other.headers()[i].value && view.contains(header.id));
  }
  return 0;
}
