// Whatever a header holds, the grammar's views lie inside of it and its loops end.
#include "proto/sip/cseq.hpp"
#include "proto/sip/media_type.hpp"
#include "proto/sip/name_addr.hpp"
#include "proto/sip/params.hpp"
#include "proto/sip/uri.hpp"
#include "proto/sip/via.hpp"
#include "tests/fuzz/require.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {
void require_all_inside(std::string_view text, std::initializer_list<std::string_view> parts) {
  for (const std::string_view part : parts) require_inside(text, part);
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {  // NOLINT
  const auto block = exact_block(data, size);
  const std::string_view text = as_text(block);
  std::string_view rest = text;
  for (std::string_view item; next_list_item(rest, item);) {
    require(!item.empty());
    if (const auto a = parse_name_addr(item)) {
      require_all_inside(item, {a->display_name, a->uri, a->params, a->tag()});
      if (const auto u = parse_uri(a->uri)) {
        require_all_inside(a->uri, {u->scheme, u->user, u->password, u->host, u->params});
        require_all_inside(a->uri, {u->headers, u->opaque});
      }
    }
    if (const auto v = parse_via(item)) {
      require_all_inside(item, {v->transport, v->host, v->params, v->branch(), v->received()});
      require(!v->transport.empty() && !v->host.empty() && (v->rport() | 1U) != 0);
    }
  }
  if (const auto c = parse_cseq(text)) require_inside(text, c->method);
  if (const auto t = parse_media_type(text)) require_inside(text, t->boundary());
  return 0;
}
