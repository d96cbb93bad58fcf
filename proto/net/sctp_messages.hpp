#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <memory>

#include "proto/flow_table.hpp"
#include "proto/net/flow_key.hpp"
#include "proto/net/packet.hpp"
#include "proto/net/piece_ring.hpp"

namespace heptap {

struct SctpLimits {
  std::size_t max_bytes = 2 << 20;      ///< of fragments that wait, in all associations together
  std::size_t max_associations = 4096;  ///< directions of them
  std::size_t max_message_bytes = 1 << 20;
  std::int64_t max_age_us = 600'000'000;  ///< of silence, in packet time
  std::uint64_t seed = 0;                 ///< a secret of the process
};

/// Bytes of user messages: all that entered left in a message, or were dropped, or are held.
struct SctpCounts {
  std::uint64_t entered = 0;
  std::uint64_t left = 0;
  std::uint64_t repeated = 0;     ///< a TSN that was there before
  std::uint64_t over_limit = 0;   ///< of messages too long
  std::uint64_t unsupported = 0;  ///< in I-DATA chunks (RFC 8260)
  std::uint64_t evicted = 0;      ///< fragments that made room for younger ones, or were forgotten
  std::uint64_t held = 0;
  // Not bytes, and not part of the sum.
  std::uint64_t messages = 0;
  std::uint64_t malformed = 0;  ///< packets whose chunks cannot be right
  std::uint64_t truncated =
      0;  ///< packets that the capture holds only part of: whole chunks are read
};

/// Takes the user messages out of SCTP packets, whatever their stream and payload protocol: those in
/// one DATA chunk where the packet has them, those in several put together by TSN. Each message
/// comes once, when its last missing chunk was seen.
/// A chunk sent again between other addresses of a multi-homed association is not known again.
/// source    RFC 9260 sections 3.3.1, 6.4 and 6.9
class SctpMessages {
 public:
  explicit SctpMessages(const SctpLimits& limits);

  /// packet    its payload begins with the first chunk. Followed by next() until it gives false.
  /// time_us   of the packet
  /// now_us    by which associations grow old; when it goes back, those seen later are forgotten
  void take(const Packet& packet, std::int64_t time_us, std::int64_t now_us) noexcept;

  /// message   the next one that the packet completes
  /// gives     false: there is none left
  /// lifetime  until the next call
  [[nodiscard]] bool next(Bytes& message) noexcept;

  [[nodiscard]] const SctpCounts& counts() const noexcept { return counts_; }
  /// gives     associations, each direction one
  [[nodiscard]] TableUse use() const noexcept;

 private:
  // So far back a copy is told from what comes late: a second of a busy sender (RFC 9260 section 16).
  static constexpr std::int32_t seen_count = 2048;
  // Fragments of one message without a gap are a run. No sender has more losses in flight than this.
  static constexpr std::uint32_t max_runs = 32;

  struct Chunk {
    std::uint8_t type = 0;
    std::uint8_t flags = 0;
    std::uint32_t tsn = 0;  // of INIT, the first there will be
    Bytes bytes;            // all of a DATA chunk
    Bytes data;             // the user's part of it
  };
  struct Association {
    std::array<PieceList, max_runs + 1> runs;  // by TSN; one more until the lowest is given up
    std::uint32_t run_count;
    std::uint32_t tag;
    std::uint32_t highest_tsn;
    std::bitset<seen_count> seen;  // bit n: the TSN n below the highest was there
    std::int64_t last_us;
    bool is_new;
  };
  using Table = FlowTable<FlowKey, Association>;

  void expire() noexcept;
  [[nodiscard]] bool next_chunk(Chunk& out) noexcept;
  [[nodiscard]] bool take_data(const Chunk& chunk, Bytes& message) noexcept;
  void begin_anew(std::uint32_t tsn) noexcept;
  [[nodiscard]] bool is_repeated(std::uint32_t slot, std::uint32_t tsn) noexcept;
  [[nodiscard]] bool put_together(std::uint32_t slot, PieceList run, Bytes& message) noexcept;
  [[nodiscard]] bool follows(const PieceList& a, const PieceList& b) const noexcept;
  [[nodiscard]] bool is_whole(const PieceList& run) const noexcept;
  [[nodiscard]] bool assemble(PieceList run, Bytes& message) noexcept;
  [[nodiscard]] std::uint32_t association_of(const FlowKey& key) noexcept;
  void forget(std::uint32_t slot) noexcept;
  void lose_fragments(std::uint32_t slot) noexcept;
  void lose_old_runs(std::uint32_t slot) noexcept;
  void lose_run(std::uint32_t slot, std::uint32_t at) noexcept;
  [[nodiscard]] static PieceList take_out(Association& association, std::uint32_t at) noexcept;
  static void put_in(Association& association, std::uint32_t at, const PieceList& run) noexcept;

  SctpLimits limits_;
  Table table_;
  SlotList by_age_;
  PieceRing ring_;
  std::unique_ptr<std::uint8_t[]> assembled_;  // NOLINT: not to be touched before it is used
  FlowKey flow_;
  std::uint32_t tag_ = 0;
  PieceOrigin origin_{};
  Bytes chunks_;
  bool is_truncated_ = false;
  std::int64_t now_us_ = 0;
  SctpCounts counts_;
};

}  // namespace heptap
