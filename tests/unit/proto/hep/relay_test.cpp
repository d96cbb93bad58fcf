#include "proto/hep/relay.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "proto/hep/chunk.hpp"
#include "tests/support/allocation_counter.hpp"
#include "tests/support/hep_frames.hpp"
#include "tests/support/hep_vectors.hpp"
#include "tests/support/hex.hpp"

using namespace heptap;
using namespace heptap::hep;
using heptap::test::frame_of;
using heptap::test::from_hex;

namespace {

using Frame = std::vector<std::uint8_t>;

const std::string needed =
    "00000001000702 00000003000ac000020a 00000004000ac6336414"
    "00000009000a6553f100 0000000a000a0001e240 0000000b000701";
const std::string payload = "0000000f000778";

Frame relayed(const Relay& relay, const Frame& frame, Relayed* counted = nullptr) {
  HepView view;
  REQUIRE(decode(frame, view) == Fault::none);
  Frame out(relay.bound_bytes(frame));
  const auto done = relay.encode(frame, view, out);
  REQUIRE(done);
  if (counted != nullptr) *counted = *done;
  out.resize(done->size_bytes);
  return out;
}

HepView read(const Frame& frame) {
  HepView view;
  REQUIRE(decode(frame, view) == Fault::none);
  return view;
}

const Identity plain{.node_id = 7, .node_name = "relay"};
const Identity with_key{.node_id = 7, .node_name = "relay", .auth_key = "ours"};

}  // namespace

TEST_CASE("a frame without key in the usual order is passed on byte for byte") {
  const auto hex = GENERATE(test::hep_v1_hex, test::hep_v3_hex);
  const Frame frame = from_hex(hex);
  CHECK(relayed(Relay(plain, NodePolicy::keep), frame) == frame);
}

TEST_CASE("the sender's key goes no further, ours is put in its place if there is one") {
  const Frame frame = from_hex(test::hep_v2_hex);
  const auto nodes = GENERATE(NodePolicy::keep, NodePolicy::rewrite);
  const Frame bare = relayed(Relay(plain, nodes), frame);
  CHECK(read(bare).auth_key.empty());
  CHECK(as_text(bare).find("myhep") == std::string_view::npos);
  const Frame keyed = relayed(Relay(with_key, nodes), frame);
  CHECK(read(keyed).auth_key == "ours");
  CHECK(as_text(keyed).find("myhep") == std::string_view::npos);
}

TEST_CASE("every key of a frame with several is taken out") {
  const Frame frame = frame_of("0000000e0009616263" + needed + "0000000e0009646566" + payload);
  const Frame out = relayed(Relay(plain, NodePolicy::keep), frame);
  CHECK(as_text(out).find("abc") == std::string_view::npos);
  CHECK(as_text(out).find("def") == std::string_view::npos);
}

TEST_CASE("node id and name are kept or ours, the rest stays") {
  const Frame frame = from_hex(test::hep_v2_hex);
  const Frame kept_frame = relayed(Relay(with_key, NodePolicy::keep), frame);
  const Frame own_frame = relayed(Relay(with_key, NodePolicy::rewrite), frame);
  const HepView kept = read(kept_frame);
  const HepView own = read(own_frame);
  CHECK(kept.node_id == 2001);
  CHECK(kept.node_name == "edge-1");
  CHECK(own.node_id == 7);
  CHECK(own.node_name == "relay");
  for (const HepView& v : {kept, own}) {
    CHECK(to_string(v.source, v.source_port) == "192.0.2.10:5060");
    CHECK(to_string(v.destination, v.destination_port) == "198.51.100.20:5060");
    CHECK(v.time_us() == 1'700'000'000'000'001);
    CHECK(v.payload_type == 5);
    CHECK(v.correlation_id == "call-1@h");
    CHECK(v.vlan_id == 100);
    CHECK(v.mos == 431);
    CHECK(v.tcp_flags == 0x18);
    CHECK(v.ip_tos == 0xb8);
    CHECK(as_text(v.payload) == "x");
  }
}

TEST_CASE("a node without name takes the sender's name away when it rewrites") {
  const Frame out = relayed(Relay({.node_id = 7}, NodePolicy::rewrite), from_hex(test::hep_v2_hex));
  CHECK(read(out).node_name.empty());
}

TEST_CASE("unknown chunks and those of vendors are kept, unless they read as generic ones") {
  Relayed counted;
  const std::string unknown = "00000065000778";
  const std::string vendor = "000201000008797a";
  const Frame frame = frame_of(needed + unknown + vendor + "0002000f000741" + payload);
  const Frame out = relayed(Relay(plain, NodePolicy::keep), frame, &counted);
  CHECK(out == frame_of(needed + unknown + vendor + payload));
  CHECK(counted.chunks_left_out == 1);
}

TEST_CASE("the payload comes last, and the last of several is it") {
  const Frame frame = frame_of(payload + needed + "0000000f000779" + "0000001200080064");
  CHECK(relayed(Relay(plain, NodePolicy::keep), frame) ==
        frame_of(needed + "0000001200080064" + "0000000f000779"));
}

TEST_CASE("a payload that only came compressed is kept so") {
  const Frame frame = frame_of(needed + "00000010000778");
  CHECK(relayed(Relay(plain, NodePolicy::keep), frame) == frame);
}

TEST_CASE("what makes a collector lose rows does not get through") {
  const Frame frame = frame_of(needed + "000000110009612200" + "0000001300096e5c0a" + payload);
  const Frame out = relayed(Relay(plain, NodePolicy::keep), frame);
  CHECK(read(out).correlation_id == "a");
  CHECK(read(out).node_name == "n");
  const Frame nothing_left = frame_of(needed + "00000011000722" + payload);
  CHECK(relayed(Relay(plain, NodePolicy::keep), nothing_left) == frame_of(needed + payload));
}

TEST_CASE("what follows id and key begins with 0") {
  const Frame frame = frame_of(needed + "00000011000761" + "0101010100070a" + payload);
  const Frame out = relayed(Relay(with_key, NodePolicy::keep), frame);
  const HepView view = read(out);
  const auto after = [&out](std::string_view text) {
    return out[static_cast<std::size_t>(as_bytes(text).data() - out.data()) + text.size()];
  };
  CHECK(after(view.correlation_id) == 0);
  CHECK(after(view.auth_key) == 0);
}

TEST_CASE("what a plan marks a frame with is put there, once") {
  const Marks marks{.node_suffix = "-lab", .group_id = "core"};
  const auto marked = [&](const Relay& relay, const Frame& frame) {
    Frame out(relay.bound_bytes(frame, marks));
    const auto done = relay.encode(frame, read(frame), out, marks);
    REQUIRE(done);
    out.resize(done->size_bytes);
    return out;
  };
  const Frame frame = frame_of(needed + "00000029000778" + payload);
  const Frame bare = marked(Relay(with_key, NodePolicy::keep), frame);
  CHECK(read(bare).node_name == "-lab");
  CHECK(read(bare).group_id == "core");
  const auto nodes = GENERATE(NodePolicy::keep, NodePolicy::rewrite);
  const Frame once = marked(Relay(with_key, nodes), from_hex(test::hep_v2_hex));
  CHECK(read(once).node_name == (nodes == NodePolicy::keep ? "edge-1-lab" : "relay-lab"));
  CHECK(read(once).node_id == (nodes == NodePolicy::keep ? 2001U : 7U));
  CHECK(read(once).auth_key == "ours");
  CHECK(marked(Relay(with_key, nodes), once) == once);
}

TEST_CASE("a group of which nothing is said stays") {
  const Frame frame = frame_of(needed + "00000029000778" + payload);
  CHECK(relayed(Relay(plain, NodePolicy::keep), frame) == frame);
}

TEST_CASE("a frame that our own chunks make too large is refused") {
  Frame frame = from_hex(test::hep_v1_hex);
  const std::size_t head = frame.size() - 33;
  frame.resize(max_frame_bytes, 'x');
  frame[4] = 0xff;
  frame[5] = 0xe3;
  const std::size_t payload_chunk = max_frame_bytes - head + chunk_header_bytes - 6;
  frame[head + 4] = static_cast<std::uint8_t>(payload_chunk >> 8U);
  frame[head + 5] = static_cast<std::uint8_t>(payload_chunk);
  CHECK(relayed(Relay(plain, NodePolicy::keep), frame).size() == max_frame_bytes);

  const Relay larger(with_key, NodePolicy::keep);
  const HepView view = read(frame);
  CHECK(larger.bound_bytes(frame) == max_frame_bytes);
  Frame out(max_frame_bytes);
  CHECK(larger.encode(frame, view, out).error() == Errc::over_limit);
  CHECK(larger.encode(frame, view, {}).error() == Errc::over_limit);
}

TEST_CASE("relaying allocates nothing") {
  const Relay relay(with_key, NodePolicy::rewrite);
  const Frame frame = from_hex(test::hep_v2_hex);
  const HepView view = read(frame);
  Frame out(relay.bound_bytes(frame));
  const test::AllocationCounter counter;
  bool ok = true;
  for (int i = 0; i < 100; ++i) ok = ok && relay.encode(frame, view, out).ok();
  CHECK(counter.count() == 0);
  CHECK(ok);
}
