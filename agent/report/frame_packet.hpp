#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <vector>

#include "agent/random_seed.hpp"
#include "proto/bytes.hpp"
#include "proto/hep/decode.hpp"
#include "proto/net/flow_key.hpp"

namespace heptap {

/// A packet, perhaps without its end: IP has no room for it.
struct MadePacket {
  Bytes bytes = {};
  std::size_t missing_bytes = 0;  ///< behind those
};

/// Makes the packets again that HEP frames were made of: Ethernet with empty MAC addresses, the 802.1Q tag
/// if there was one, IP, UDP or TCP, and the payload. TCP sequence numbers are counted per direction, so
/// that the messages of a connection follow each other; all of them begin anew when there are more than
/// 65,536 directions.
class PacketMaker {
 public:
  PacketMaker();

  /// gives     the packet, valid until the next call; no bytes for what is none: a payload other than SIP, a
  ///           transport other than UDP and TCP
  [[nodiscard]] MadePacket packet_of(const hep::HepView& frame);

  /// gives     a packet over UDP with the frame itself in it, between the addresses that it tells of and from
  ///           port 9060 to 9060; valid until the next call
  [[nodiscard]] MadePacket packet_around(const hep::HepView& view, Bytes frame);

 private:
  [[nodiscard]] MadePacket put_together(hep::HepView frame);
  std::uint32_t next_sequence(const hep::HepView& frame);

  struct DirectionHash {
    using is_avalanching = void;
    std::size_t operator()(const FlowKey& direction) const noexcept { return direction.hash(seed); }
    std::uint64_t seed = random_seed();
  };

  boost::unordered_flat_map<FlowKey, std::uint32_t, DirectionHash> sequences_;  // the next of each
  std::vector<std::uint8_t> packet_;
};

}  // namespace heptap
