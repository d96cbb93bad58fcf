#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>

#include "proto/flow_table.hpp"
#include "proto/net/layer.hpp"
#include "proto/net/piece_ring.hpp"

namespace heptap {

struct DefragLimits {
  std::size_t max_bytes = 4 << 20;
  std::size_t max_datagrams = 16'384;
  std::int64_t max_age_us = 30'000'000;  ///< of a datagram that is not whole, in packet time
  std::uint64_t seed = 0;                ///< a secret of the process
};

/// What became of a fragment that is not the last missing one of its datagram.
enum class FragmentFate : std::uint8_t {
  joined,     ///< went on in a datagram that another fragment completed
  duplicate,  ///< all of it was there already, or in a datagram that was completed a moment ago
  overlap,    ///< its IPv6 datagram has parts that overlap (RFC 5722)
  malformed,  ///< empty, beyond 65,535, not a multiple of 8, or at odds with the end of its datagram
  truncated,  ///< the capture holds only part of it
  expired,  ///< others were still missing after max_age, when the clock went back, or when its IPv4
            ///< identification was used again
  evicted,  ///< made room for younger ones
  over_limit,  ///< more pieces than any sender makes
  count_
};

/// gives     the enumerator's own spelling; static storage
[[nodiscard]] std::string_view to_string(FragmentFate fate) noexcept;

struct DefragCounts {
  std::array<std::uint64_t, static_cast<std::size_t>(FragmentFate::count_)> fates{};
  std::uint64_t held = 0;
  std::uint64_t datagrams = 0;  ///< put together
  std::uint64_t overlaps = 0;   ///< IPv4 fragments of which a part was there already

  [[nodiscard]] std::uint64_t& operator[](FragmentFate fate) noexcept {
    return fates[static_cast<std::size_t>(fate)];
  }
  [[nodiscard]] std::uint64_t operator[](FragmentFate fate) const noexcept {
    return fates[static_cast<std::size_t>(fate)];
  }
};

/// Puts IPv4 and IPv6 fragments together, in any order. Memory is bounded by DefragLimits whatever
/// comes: the oldest fragments make room. Of overlapping IPv4 fragments the first wins; an IPv6
/// datagram with overlaps is given up as a whole.
/// source    RFC 791, RFC 8200 section 4.5, RFC 5722
class Defrag {
 public:
  explicit Defrag(const DefragLimits& limits);

  /// at        rest: the fragment's bytes; out: its addresses and protocol; fragment
  /// now_us    by which datagrams grow old; when it goes back, those that began later are forgotten
  /// gives     true: the datagram is whole; rest is its payload, and out.ip_protocol that of the
  ///           first fragment. False: counts() knows why not
  /// lifetime  rest lives until the second next call: a fragment inside may be taken from it
  [[nodiscard]] bool take(Cursor& at, std::int64_t now_us) noexcept;

  [[nodiscard]] const DefragCounts& counts() const noexcept { return counts_; }
  /// gives     datagrams, of which those that were whole a moment ago are some
  [[nodiscard]] TableUse use() const noexcept;

 private:
  static constexpr std::size_t max_payload_bytes = 65'535;
  // 4 KiB of 8-byte fragments; twice what MTU 296 makes.
  static constexpr std::size_t max_pieces = 512;

  struct Key {
    IpAddress source;
    IpAddress destination;
    std::uint16_t protocol = 0;  // not of IPv6, whose fragments may each name another
    std::uint32_t identification = 0;

    friend bool operator==(const Key&, const Key&) = default;

    [[nodiscard]] std::uint64_t hash(std::uint64_t seed) const noexcept {
      const std::uint64_t rest = std::uint64_t{identification} << 16U | protocol;
      return hash_parts::fold(hash_addresses(source, destination, seed), rest ^ hash_parts::key_c);
    }
  };
  enum class State : std::uint8_t { open, whole, given_up };
  struct Datagram {
    PieceList pieces;
    std::int64_t since_us;
    std::uint32_t total_bytes;  // 0: its end is not known
    std::uint32_t got_bytes;
    std::uint16_t piece_count;
    std::uint16_t frame_count;  // fragments that are held
    std::uint8_t protocol;
    State state;
  };
  using Table = FlowTable<Key, Datagram>;

  [[nodiscard]] static Key key_of(const Cursor& at) noexcept;
  [[nodiscard]] std::uint32_t entry_of(const Key& key, std::int64_t now_us) noexcept;
  [[nodiscard]] bool take_into(std::uint32_t slot, Cursor& at, std::int64_t now_us) noexcept;
  [[nodiscard]] bool keep(std::uint32_t slot, Cursor& at, std::int64_t now_us) noexcept;
  [[nodiscard]] bool fits(const Datagram& datagram, const Cursor& at) const noexcept;
  [[nodiscard]] bool is_known(const Datagram& datagram, const Cursor& at) const noexcept;
  void insert(std::uint32_t slot, const Cursor& at, std::int64_t now_us) noexcept;
  [[nodiscard]] Bytes assemble(const Datagram& datagram) noexcept;
  void expire(std::int64_t now_us) noexcept;
  void reopen(std::uint32_t slot, std::int64_t now_us) noexcept;
  void give_up(std::uint32_t slot, FragmentFate fate) noexcept;
  void let_go(Datagram& datagram, FragmentFate fate) noexcept;
  void remove(std::uint32_t slot, FragmentFate fate) noexcept;
  [[nodiscard]] bool drop(FragmentFate fate) noexcept;

  DefragLimits limits_;
  Table table_;
  SlotList waiting_;  // open or given up, oldest first
  SlotList whole_;
  PieceRing ring_;
  using Buffer = std::array<std::uint8_t, max_payload_bytes>;
  std::unique_ptr<std::array<Buffer, 2>> assembled_;
  std::size_t turn_ = 0;
  DefragCounts counts_;
};

}  // namespace heptap
