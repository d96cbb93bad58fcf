#pragma once

#include <cstdint>
#include <span>

#include "agent/calls/media_call.hpp"

namespace heptap {

/// A packet that looks for its call.
struct MediaProbe {
  MediaAddress source;
  MediaAddress destination;
  bool is_rtcp = false;
  std::uint8_t payload_type = 0;  ///< of RTP
  /// RTP: its own. RTCP: the sender's, then those it reports on.
  std::span<const std::uint32_t> ssrcs;
  std::int64_t time_us = 0;
};

/// How well a call fits a packet.
struct MediaWeight {
  static constexpr std::uint8_t no_media = 255;

  bool fits = false;
  bool is_gone = false;  ///< it would fit, but was over too long ago
  MediaFound found = MediaFound::ssrc;
  bool is_open = false;
  bool knows_ssrc = false;
  bool is_awaited = false;  ///< nobody has sent yet in the place of this sender
  std::int64_t first_us = 0;
  std::uint64_t peer = 0;  ///< a hash of an address of the sender, as SDP has it; 0: none
  MediaParty sender = MediaParty::caller;
  std::uint8_t media = 0;              ///< by address
  std::uint8_t ssrc_media = no_media;  ///< by SSRC; tells the media of a bundle apart
  std::uint32_t from = no_node;        ///< description of the sender
  std::uint32_t to = no_node;          ///< description of the receiver

  /// Direction comes first, then open calls before those that are over, then what earlier packets
  /// have taught, then the youngest.
  [[nodiscard]] bool is_better_than(const MediaWeight& other) const noexcept;
  /// Nothing but its age tells it from the other, and they are not legs of one call.
  [[nodiscard]] bool is_rival_of(const MediaWeight& other) const noexcept;
};

[[nodiscard]] MediaWeight weigh_media(const MediaParts& parts, const MediaCall& call,
                                      const MediaProbe& probe, const MediaLimits& limits,
                                      std::uint64_t seed) noexcept;

/// Fills in what SDP says of the media of this weight. The texts are not its business.
void describe_match(const MediaParts& parts, const MediaCall& call, const MediaProbe& probe,
                    const MediaWeight& weight, MediaMatch& out) noexcept;

}  // namespace heptap
