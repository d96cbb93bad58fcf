// Any bytes: views lie inside the input, and what decodes as SIP or RTCP encodes to the same
// values.
#include "proto/hep/decode.hpp"

#include <cstdlib>
#include <vector>

#include "proto/hep/encode.hpp"
#include "proto/hep/text.hpp"

using namespace heptap;

namespace {
void require(bool holds) {
  if (!holds) std::abort();
}

void check_round_trip(const hep::HepView& v) {
  const hep::Encoder encoder{{.node_id = v.node_id}};
  const hep::Message m{v.source,
                       v.destination,
                       v.source_port,
                       v.destination_port,
                       v.ip_protocol,
                       v.time_us(),
                       hep::PayloadType::sip,
                       v.payload,
                       0,
                       v.correlation_id};
  std::vector<std::uint8_t> out(encoder.bound_bytes(m));
  const auto done = encoder.encode(m, out);
  if (!done) return;
  out.resize(done->size_bytes);
  hep::HepView again;
  if (v.payload.empty()) return;
  require(hep::decode(out, again) == hep::Fault::none);
  require(again.source == v.source && again.destination == v.destination);
  require(done->cut || as_text(again.payload) == as_text(v.payload));
  require(hep::clean_prefix_bytes(again.correlation_id) == again.correlation_id.size());
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {  // NOLINT
  const Bytes in{data, size};
  const auto framed = hep::frame_hep(in);
  require(!framed || *framed <= size);
  hep::HepView view;
  if (hep::decode(in, view) != hep::Fault::none) return 0;
  require(framed && *framed == size);
  require(view.payload.empty() || (view.payload.data() >= data &&
                                   view.payload.data() + view.payload.size() <= data + size));
  check_round_trip(view);
  return 0;
}
