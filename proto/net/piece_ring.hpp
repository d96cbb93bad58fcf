#pragma once

#include <array>
#include <cstdint>
#include <memory>

#include "proto/bytes.hpp"
#include "proto/net/packet.hpp"
#include "proto/table_use.hpp"

namespace heptap {

/// What a message found in these bytes says of the packet that brought them.
struct PieceOrigin {
  std::int64_t time_us;
  std::uint16_t vlan_id;
  std::uint8_t traffic_class;
  std::uint8_t tcp_flags;
  EthernetHeader ethernet;
};

[[nodiscard]] inline PieceOrigin origin_of(const Packet& packet, std::int64_t time_us) noexcept {
  return {time_us, packet.vlan_id, packet.traffic_class, packet.tcp_flags, packet.ethernet};
}

/// One piece that waits. Only PieceRing makes them; `begin` and `size_bytes` may be cut from the
/// front as its bytes are used up.
struct Piece {
  std::uint32_t owner;     ///< whose list it is in; PieceRing::none: nobody's any more
  std::uint32_t previous;  ///< neighbours in that list
  std::uint32_t next;
  std::uint32_t begin;  ///< place of its first byte in the owner's order; wraps around
  std::uint32_t size_bytes;
  std::uint32_t offset;  ///< of its bytes in the ring
  PieceOrigin origin;
};

/// The pieces of one owner, in the order of their begin, never overlapping.
struct PieceList {
  std::uint32_t first;
  std::uint32_t last;
};

/// Bytes of packets that wait for others, for many owners, as in a ring: the oldest make room for
/// the newest, whoever owns them. So a flood of pieces that never become whole takes no more memory
/// than was given at the start, and pushes out nothing that is younger than itself.
///
/// A piece is known by its position. Positions are as good until release() or until make_room()
/// says that the owner lost them.
class PieceRing {
 public:
  static constexpr std::uint32_t none = ~std::uint32_t{0};
  static constexpr PieceList empty_list{none, none};

  /// max_bytes   of all pieces together, below 4 GiB; takes up to 256 KiB more, and descriptions for
  ///             pieces of 256 bytes on average
  explicit PieceRing(std::size_t max_bytes);

  /// Drops the oldest pieces until `bytes` in `pieces` pieces can be added.
  /// bytes     at most max_bytes of the constructor
  /// evict     called with an owner; must give all its pieces to release()
  template <class Evict>
  void make_room(std::size_t bytes, std::size_t pieces, Evict evict) noexcept {
    while (!has_room(bytes, pieces)) {
      const std::uint32_t owner = pieces_[oldest_].owner;
      if (owner != none) evict(owner);
      drop_released();
    }
  }

  /// Copies what is not there yet into the list: what came first wins. Needs room for `in` in
  /// count_overlaps() + 1 pieces.
  /// begin     less than 2^31 from all that is in the list
  /// gives     how many bytes were new
  std::size_t insert(PieceList& list, std::uint32_t owner, std::uint32_t begin, Bytes in,
                     const PieceOrigin& origin) noexcept;

  /// a, b      lists of one owner that are not empty; all of b is behind a
  /// gives     one of both, which they are no longer
  [[nodiscard]] PieceList join(const PieceList& a, const PieceList& b) noexcept;

  /// gives     how many pieces of the list hold any of these places
  [[nodiscard]] std::size_t count_overlaps(const PieceList& list, std::uint32_t begin,
                                           std::size_t size) const noexcept;

  [[nodiscard]] const Piece& operator[](std::uint32_t position) const noexcept {
    return pieces_[position];
  }
  /// lifetime  until the next call that is not const
  [[nodiscard]] Bytes bytes(std::uint32_t position) const noexcept {
    return {bytes_.get() + pieces_[position].offset, pieces_[position].size_bytes};
  }

  /// Forgets the first bytes of a list.
  void release_front(PieceList& list, std::size_t bytes) noexcept;
  /// Forgets all of a list.
  void release(PieceList& list) noexcept;

  [[nodiscard]] std::size_t max_pieces() const noexcept { return max_pieces_; }
  /// Pieces that somebody waits for, and those behind them that could not be dropped yet.
  [[nodiscard]] std::size_t count() const noexcept { return count_; }
  /// gives     as count(): what was released, but could not be dropped yet, is held
  [[nodiscard]] TableUse use() const noexcept {
    return {.held_bytes = used_bytes_,
            .max_held_bytes = max_bytes_,
            .memory_bytes = stretches_.back().end + max_pieces_ * sizeof(Piece)};
  }

 private:
  /// A stretch of the memory that is used as a ring of bytes: freed in the order of their taking.
  struct Stretch {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::size_t head = 0;  // where the next bytes go
    std::size_t tail = 0;  // where the oldest are
    std::size_t turn = 0;  // behind the last in front of its end, while head is before tail
    std::size_t count = 0;

    [[nodiscard]] bool has_room(std::size_t bytes) noexcept;
    [[nodiscard]] std::size_t take(std::size_t bytes) noexcept;
    void drop_up_to(std::size_t place) noexcept;
  };

  [[nodiscard]] bool has_room(std::size_t bytes, std::size_t pieces) noexcept;
  std::uint32_t add(std::uint32_t owner, std::uint32_t begin, Bytes in,
                    const PieceOrigin& origin) noexcept;
  void link(PieceList& list, std::uint32_t position, std::uint32_t before) noexcept;
  void drop_released() noexcept;

  std::size_t max_bytes_;
  std::size_t max_pieces_;
  std::unique_ptr<std::uint8_t[]> bytes_;  // NOLINT: not to be touched before it is used
  std::unique_ptr<Piece[]> pieces_;        // NOLINT: as above
  std::array<Stretch, 2> stretches_;       // a small one, and all the rest
  std::size_t chosen_ = 0;                 // that has room
  std::size_t used_bytes_ = 0;
  std::uint32_t oldest_ = 0;
  std::size_t count_ = 0;
};

}  // namespace heptap
