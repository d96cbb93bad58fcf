// Any frame that decodes: what is passed on decodes to the same but for key and node, and nothing of
// the sender's key is left.
#include "proto/hep/relay.hpp"

#include <array>
#include <vector>

#include "proto/hep/decode.hpp"
#include "proto/hep/text.hpp"
#include "tests/fuzz/require.hpp"

using namespace heptap;
using heptap::test::require;

namespace {

void check_same(const hep::HepView& in, const hep::HepView& out) {
  require(in.source == out.source && in.destination == out.destination);
  require(in.source_port == out.source_port && in.destination_port == out.destination_port);
  require(in.ip_protocol == out.ip_protocol && in.payload_type == out.payload_type);
  require(in.time_us() == out.time_us());
  require(as_text(in.payload) == as_text(out.payload));
  require(as_text(in.compressed_payload) == as_text(out.compressed_payload));
  require(hep::sanitized(in.correlation_id) == out.correlation_id);
  require(in.vlan_id == out.vlan_id && in.tcp_flags == out.tcp_flags && in.ip_tos == out.ip_tos);
  require(in.mos == out.mos && in.group_id == out.group_id);
}

void check_relay(const hep::Identity& identity, hep::NodePolicy nodes, Bytes frame,
                 const hep::HepView& view) {
  const hep::Relay relay(identity, nodes);
  std::vector<std::uint8_t> out(relay.bound_bytes(frame));
  const auto done = relay.encode(frame, view, out);
  if (!done) return;
  require(done->size_bytes <= out.size());
  out.resize(done->size_bytes);
  hep::HepView again;
  require(hep::decode(out, again) == hep::Fault::none);
  check_same(view, again);
  require(again.auth_key == identity.auth_key);
  const bool is_ours = nodes == hep::NodePolicy::rewrite;
  require(again.node_id == (is_ours ? identity.node_id : view.node_id));
  require(again.node_name == (is_ours ? identity.node_name : hep::sanitized(view.node_name)));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {  // NOLINT
  const Bytes in{data, size};
  hep::HepView view;
  if (hep::decode(in, view) != hep::Fault::none) return 0;
  check_relay({.node_id = 1}, hep::NodePolicy::keep, in, view);
  check_relay({.node_id = 1, .node_name = "n", .auth_key = "k"}, hep::NodePolicy::rewrite, in,
              view);
  return 0;
}
