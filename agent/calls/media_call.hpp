#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "agent/calls/chain_pool.hpp"
#include "agent/calls/media_address.hpp"
#include "agent/calls/media_match.hpp"
#include "proto/packed_time.hpp"

namespace heptap {

inline constexpr std::int64_t never_us = PackedTime::most;

/// An address that says whose media it is.
struct MediaClaim {
  enum class Kind : std::uint8_t { rtp, rtcp, ssrc };

  MediaAddress address;
  std::uint32_t next = no_node;
  Kind kind = Kind::rtp;
  std::uint8_t media = 0;
  MediaParty party = MediaParty::caller;
};

/// Payload types of an m= line; more follow in the next block.
struct PayloadBlock {
  std::uint32_t next = no_node;
  std::uint32_t count = 0;
  std::array<PayloadFormat, 3> formats;
};

/// An m= line.
struct MediaLine {
  enum Flag : std::uint8_t {
    srtp = 1U << 0U,
    srtcp = 1U << 1U,
    mux = 1U << 2U,
    rsize = 1U << 3U,
    refused = 1U << 4U,
    held = 1U << 5U,  ///< wants nothing: its address is 0.0.0.0
  };

  std::uint32_t next = no_node;
  std::uint32_t payloads = no_node;
  std::uint8_t media = 0;   ///< position in the description
  std::uint8_t bundle = 0;  ///< position of the line whose address it uses
  MediaType type = MediaType::other;
  SdpDirection direction = SdpDirection::sendrecv;
  std::uint8_t flags = 0;
  std::uint8_t ptime_ms = 0;

  [[nodiscard]] bool wants_to_send() const noexcept {
    return (flags & refused) == 0 &&
           (direction == SdpDirection::sendrecv || direction == SdpDirection::sendonly);
  }
  [[nodiscard]] bool wants_to_receive() const noexcept {
    return (flags & (refused | held)) == 0 &&
           (direction == SdpDirection::sendrecv || direction == SdpDirection::recvonly);
  }
};

/// What one party has said of itself on one hop: proxies change addresses, and what a caller says to
/// each of them holds beside the other. Forks of the callee are told apart by their tag.
struct MediaDescription {
  std::uint32_t next = no_node;
  std::uint32_t lines = no_node;
  std::uint32_t claims = no_node;
  std::uint32_t content = 0;  ///< a hash of the text: the same again is a retransmission
  std::uint32_t tag = 0;      ///< of the callee; 0 for what the caller says
  std::uint16_t hop = 0;
  MediaParty party = MediaParty::caller;
  PackedTime until_us = never_us;  ///< its addresses count no longer
  bool is_pending = false;         ///< offered in place of an older one, and not answered yet
  bool is_replaced = false;   ///< a younger one of the same party, tag and hop has taken its place
  bool is_confirmed = false;  ///< by a 2xx from its tag
};

/// A piece of a text.
struct TextBlock {
  static constexpr std::size_t max_bytes = 28;

  std::uint32_t next = no_node;
  std::array<char, max_bytes> bytes;
};

/// What the media of one Call-ID are known by. Times are packet times in microseconds. A usual call,
/// of one medium and two descriptions, needs no more nodes than those in itself.
struct alignas(64) MediaCall {
  std::uint64_t hash = 0;
  std::int64_t first_us = 0;
  std::int64_t last_us = 0;  ///< of a message or of a packet that was matched
  std::int64_t ended_us = never_us;
  std::int64_t answered_us = never_us;  ///< of the first 2xx; meaningless unless is_answered
  std::int64_t opened_us = 0;           ///< when SDP last let more media flow than before; 0: never
  std::uint32_t descriptions = no_node;  ///< youngest first
  std::uint32_t learned = no_node;       ///< claims that media have taught, oldest first
  std::uint32_t call_id = no_node;
  std::uint32_t link = no_node;
  std::uint32_t confirmed_tag = 0;  ///< of the first 2xx
  std::uint16_t first_hop = 0;
  std::uint16_t call_id_bytes = 0;
  std::uint8_t link_bytes = 0;
  std::uint8_t claim_count = 0;
  std::uint8_t caller_tag_count = 0;
  bool is_here = false;
  bool is_answered = false;
  bool has_bye = false;
  /// More than one when a B2BUA keeps the Call-ID and gives a leg tags of its own.
  std::array<std::uint32_t, 4> caller_tags{};

  NearNodes<MediaDescription, 2> near_descriptions;
  NearNodes<MediaLine, 2> near_lines;
  NearNodes<MediaClaim, 6> near_claims;
  NearNodes<PayloadBlock, 3> near_payloads;
  NearNodes<TextBlock, 2> near_texts;

  [[nodiscard]] bool is_over() const noexcept { return ended_us != never_us; }
  [[nodiscard]] bool is_caller(std::uint32_t tag) const noexcept {
    const auto end = caller_tags.begin() + caller_tag_count;
    return std::find(caller_tags.begin(), end, tag) != end;
  }
};

/// Nodes for the calls of a shard that need more than they have.
struct MediaPools {
  explicit MediaPools(std::size_t max_calls)
      : descriptions(2 * max_calls + 16),
        lines(4 * max_calls + 64),
        claims(6 * max_calls + 64),
        payloads(6 * max_calls + 64),
        texts(3 * max_calls + 16) {}

  [[nodiscard]] std::size_t memory_bytes() const noexcept {
    return descriptions.memory_bytes() + lines.memory_bytes() + claims.memory_bytes() +
           payloads.memory_bytes() + texts.memory_bytes();
  }

  ChainPool<MediaDescription> descriptions;
  ChainPool<MediaLine> lines;
  ChainPool<MediaClaim> claims;
  ChainPool<PayloadBlock> payloads;
  ChainPool<TextBlock> texts;
};

/// The nodes of one call.
/// lifetime  that of the call and the pools
struct MediaParts {
  MediaParts(MediaCall& call, MediaPools& pools) noexcept
      : descriptions(call.near_descriptions, pools.descriptions),
        lines(call.near_lines, pools.lines),
        claims(call.near_claims, pools.claims),
        payloads(call.near_payloads, pools.payloads),
        texts(call.near_texts, pools.texts) {}

  NearChains<MediaDescription, 2> descriptions;
  NearChains<MediaLine, 2> lines;
  NearChains<MediaClaim, 6> claims;
  NearChains<PayloadBlock, 3> payloads;
  NearChains<TextBlock, 2> texts;
};

/// gives     the m= line of this position, or null
/// lifetime  until nodes of lines are added or given back
[[nodiscard]] inline const MediaLine* line_at(const MediaParts& parts,
                                              const MediaDescription& description,
                                              std::uint8_t media) noexcept {
  for (auto at = description.lines; at != no_node; at = parts.lines[at].next) {
    if (parts.lines[at].media == media) return &parts.lines[at];
  }
  return nullptr;
}

struct MediaLimits {
  std::size_t max_calls = 262'144;
  std::chrono::microseconds max_age = std::chrono::hours{1};    ///< since the last sign of life
  std::chrono::microseconds linger = std::chrono::seconds{32};  ///< after the end, for late reports
  std::chrono::microseconds keep_over{0};  ///< at least, after the end: for what asks for its link
  std::chrono::microseconds move_grace = std::chrono::seconds{5};  ///< old addresses after a change
  bool shared = false;                                             ///< several threads use it
};

struct MediaCounts {
  std::uint64_t opened = 0;
  std::uint64_t closed =
      0;  ///< left when they were over: after the linger, or for the next of the ID
  std::uint64_t expired = 0;  ///< left because nothing came for max_age
  std::uint64_t evicted = 0;  ///< left to make room
  std::uint64_t descriptions = 0;
  std::uint64_t bad_sdp = 0;      ///< bodies that could not be read
  std::uint64_t latched = 0;      ///< addresses learned from packets
  std::uint64_t ssrcs = 0;        ///< SSRCs learned from packets
  std::uint64_t not_kept = 0;     ///< claims, lines or payload types of a call above its bound
  std::uint64_t crowded_out = 0;  ///< calls that left an address which too many claimed

  MediaCounts& operator+=(const MediaCounts& other) noexcept;
};

/// What a change of a call makes of the index of addresses; done when the call is not locked any more.
class ClaimChanges {
 public:
  enum class Kind : std::uint8_t { add, remove, touch };
  struct Change {
    std::uint64_t key;
    std::uint64_t call;
    Kind kind;
  };
  /// Two calls that are over and one that is evicted leave; one gets all anew, and ends.
  static constexpr std::size_t max_changes = 8 * 64;

  void note(Kind kind, std::uint64_t key, std::uint64_t call) noexcept {
    if (count_ < max_changes) changes_[count_++] = {key, call, kind};
  }
  [[nodiscard]] std::span<const Change> all() const noexcept { return {changes_.data(), count_}; }

 private:
  std::size_t count_ = 0;
  std::array<Change, max_changes> changes_;
};

}  // namespace heptap
