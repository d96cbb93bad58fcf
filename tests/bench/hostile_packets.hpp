#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "proto/bytes.hpp"
#include "tests/bench/packet_builder.hpp"

namespace heptap::bench {

enum class FloodKind : std::uint8_t {
  fragments,      ///< the first fragments of IP datagrams
  half_open,      ///< TCP connections of which only a SYN comes, or that and what follows a gap
  endless_heads,  ///< SIP messages over TCP whose head does not end
  associations    ///< SCTP, with fragments of user messages that do not end
};

/// The packets of an attacker who is after memory: whatever begins never becomes whole. Every
/// sender has another address, and there are sixteen million of them before one comes again. They
/// come in waves, of many small packets and of fewer large ones, so that caps of entries and of
/// bytes are both reached. Checksums and lengths are right.
class HostilePackets {
 public:
  static constexpr std::uint64_t wave_packets = 50'000;

  explicit HostilePackets(FloodKind kind);

  /// gives     the next frame; there is always one
  /// lifetime  until the next call
  [[nodiscard]] Bytes next() noexcept;

 private:
  /// A frame in which address, ports and numbers change from sender to sender.
  struct Template {
    PacketBytes frame;
    std::uint32_t place;    ///< of its bytes in what the sender sends
    std::uint32_t advance;  ///< that much further when it is sent again
  };
  struct Wave {
    std::uint64_t senders;            ///< each sends a packet in turn
    std::vector<Template> templates;  ///< packets of a sender; the last comes again and again
  };

  [[nodiscard]] static std::vector<Wave> waves_of(FloodKind kind);
  static void fill_in(std::uint64_t packet, std::uint64_t sender, std::uint32_t place,
                      std::span<std::uint8_t> frame) noexcept;

  std::vector<Wave> waves_;
  std::uint64_t count_ = 0;
};

}  // namespace heptap::bench
