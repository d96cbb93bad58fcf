#include <array>
#include <optional>

#include "proto/net/defrag.hpp"
#include "tests/unit/proto/net/fragment_tap.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

Frame random_bytes(std::mt19937_64& random, std::size_t size) {
  Frame out(size);
  for (std::uint8_t& byte : out) byte = static_cast<std::uint8_t>(random());
  return out;
}

Frame packet_of(bool is_v6, const Frame& payload) {
  return is_v6 ? ipv6(udp(payload)) : ipv4(udp(payload));
}

Frame in_tunnel(bool is_v6, const Frame& packet) {
  const bool inner_v6 = is_v6_packet(packet);
  const Frame datagram = udp(vxlan(ethernet(packet, inner_v6 ? "86dd" : "0800")), 50000, 4789);
  return is_v6 ? outer_ipv6(datagram, 17) : outer_ipv4(datagram, 17);
}

/// The payload comes out exactly once.
void check_once(FragmentTap& tap, const std::vector<Frame>& frames, const Frame& payload) {
  int count = 0;
  for (const Frame& frame : frames) {
    if (tap.take(frame) != Decoded::packet) continue;
    ++count;
    CHECK(Frame(tap.packet().payload.begin(), tap.packet().payload.end()) == payload);
  }
  CHECK(count == 1);
  CHECK(tap.counts().held == 0);
  tap.pass(1'000'000);
}

struct Part {
  std::size_t from;
  Frame bytes;
  bool more;

  [[nodiscard]] std::size_t to() const { return from + bytes.size(); }
  friend bool operator==(const Part&, const Part&) = default;
};

/// What RFC 791 and RFC 5722 want, in the plainest way.
class Model {
 public:
  Model(bool is_v6, std::size_t size) : is_v6_(is_v6), octets_(size) {}

  /// gives     whether the datagram is whole now
  bool take(const Part& part) {
    const bool is_known = std::find(parts_.begin(), parts_.end(), part) != parts_.end();
    if (is_v6_ && !is_known) {
      is_given_up_ |= std::any_of(parts_.begin(), parts_.end(), [&](const Part& other) {
        return part.from < other.to() && other.from < part.to();
      });
    }
    parts_.push_back(part);
    has_end_ |= !part.more;
    for (std::size_t i = 0; i < part.bytes.size(); ++i) {
      std::optional<std::uint8_t>& octet = octets_[part.from + i];
      if (!octet) octet = part.bytes[i];
    }
    return has_end_ && !is_given_up_ &&
           std::all_of(octets_.begin(), octets_.end(), [](const auto& o) { return o.has_value(); });
  }

  [[nodiscard]] bool is_given_up() const { return is_given_up_; }
  [[nodiscard]] Frame whole() const {
    Frame out;
    for (const auto& octet : octets_) out.push_back(octet.value_or(0));
    return out;
  }

 private:
  bool is_v6_;
  std::vector<std::optional<std::uint8_t>> octets_;
  std::vector<Part> parts_;
  bool has_end_ = false;
  bool is_given_up_ = false;
};

Part random_part(std::mt19937_64& random, const Frame& content) {
  const std::size_t from = 8 * below(random, (content.size() + 7) / 8);
  const std::size_t to = std::min(content.size(), from + 8 * (1 + below(random, 6)));
  Part part{from,
            {content.begin() + static_cast<std::ptrdiff_t>(from),
             content.begin() + static_cast<std::ptrdiff_t>(to)},
            to < content.size()};
  if (below(random, 20) == 0) part.bytes[below(random, part.bytes.size())] ^= 0xffU;
  return part;
}

}  // namespace

TEST_CASE("any fragmentation in any order gives the same datagram") {
  std::mt19937_64 random = test_random();
  FragmentTap tap;
  for (std::uint32_t round = 0; round < 1000; ++round) {
    CAPTURE(round);
    const Frame payload = random_bytes(random, 1 + below(random, 3000));
    const bool is_v6 = below(random, 2) == 0;
    const std::size_t max_bytes = std::array{8U, 64U, 1480U}[below(random, 3)];
    const auto fragments = fragments_of(packet_of(is_v6, payload), max_bytes, round, random);
    if (fragments.size() == 1) continue;  // it is none
    check_once(tap, mixed(fragments, random), payload);
  }
}

TEST_CASE("fragments in a tunnel, of a tunnel, and both, give the same datagram") {
  std::mt19937_64 random = test_random();
  FragmentTap tap;
  std::uint32_t identification = 0;
  for (int round = 0; round < 1000; ++round) {
    CAPTURE(round);
    const Frame payload = random_bytes(random, 900 + below(random, 3000));
    std::vector<Frame> inner{packet_of(below(random, 2) == 0, payload)};
    if (below(random, 2) == 0) {
      inner = mixed(fragments_of(inner[0], 800, ++identification, random), random);
    }
    const bool outer_v6 = below(random, 2) == 0;
    std::vector<Frame> outer;
    for (const Frame& packet : inner) {
      const Frame tunnel = in_tunnel(outer_v6, packet);
      const auto parts = fragments_of(tunnel, 600, ++identification, random);
      outer.insert(outer.end(), parts.begin(), parts.end());
    }
    check_once(tap, mixed(outer, random), payload);
  }
}

TEST_CASE("fragments that overlap in any way give what the rules say") {
  std::mt19937_64 random = test_random();
  Defrag defrag({});
  int whole_count = 0;
  for (std::uint32_t round = 0; round < 3000; ++round) {
    CAPTURE(round);
    const bool is_v6 = below(random, 2) == 0;
    const Frame content = random_bytes(random, 9 + below(random, is_v6 ? 30 : 200));
    Model model(is_v6, content.size());
    bool is_whole = false;
    for (int i = 0; i < 200 && !is_whole; ++i) {
      const Part part = random_part(random, content);
      Packet packet;
      packet.source = IpAddress::from(Frame(is_v6 ? 16 : 4, 1));
      packet.ip_protocol = 17;
      Cursor at{part.bytes, packet, {round, static_cast<std::uint16_t>(part.from), part.more}};
      is_whole = model.take(part);
      REQUIRE(defrag.take(at, round) == is_whole);
      if (is_whole) CHECK(Frame(at.rest.begin(), at.rest.end()) == model.whole());
    }
    CHECK((is_whole || model.is_given_up()));
    whole_count += is_whole ? 1 : 0;
  }
  CHECK(whole_count > 1500);
  CHECK(whole_count < 3000);
}
