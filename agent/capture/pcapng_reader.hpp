#pragma once

#include <vector>

#include "agent/capture/pcapng_format.hpp"
#include "agent/capture/raw_frame.hpp"
#include "agent/capture/read_state.hpp"

namespace heptap {

/// Reads the frames of a pcapng file, one after the other, over all its sections and interfaces.
///
/// Two kinds of wrong are kept apart. Where the chain of blocks breaks, nothing behind can be
/// trusted: that is damage. Where a block is framed well but says something that cannot be (a
/// packet of an interface that was never described, or longer than its block), that block is
/// counted as bad and the next one read.
///
/// A simple packet has no time: it gets that of the frame before it, and the first one 1970.
class PcapngReader {
 public:
  /// Interfaces of one section beyond this are damage. Room for all is reserved at once (and not
  /// touched), so that reading never allocates.
  static constexpr std::size_t max_interfaces = 65'536;

  PcapngReader() { interfaces_.reserve(max_interfaces); }

  [[nodiscard]] ReadState next(ByteSource& in, RawFrame& out, Damage& damage) noexcept;

  /// gives     packets that were framed well and could not be understood; none of them was a frame
  [[nodiscard]] const BadRecords& bad_packets() const noexcept { return bad_packets_; }
  /// gives     interfaces likewise: their packets are bad too, or have uncertain times
  [[nodiscard]] const BadRecords& bad_interfaces() const noexcept { return bad_interfaces_; }

 private:
  enum class Step : std::uint8_t { frame, no_frame, cut_short, damaged };

  /// What a block came to.
  struct Outcome {
    Step step;
    std::string_view reason = {};  ///< when damaged
  };

  [[nodiscard]] static Outcome skip_block(ByteSource& in, const PcapngBlock& block) noexcept;
  [[nodiscard]] Outcome read_block(ByteSource& in, const PcapngBlock& block,
                                   RawFrame& out) noexcept;
  [[nodiscard]] Outcome begin_section(std::endian order, Bytes body) noexcept;
  [[nodiscard]] Outcome add_interface(Bytes body) noexcept;
  [[nodiscard]] Outcome read_packet(std::uint32_t type, Bytes body, RawFrame& out) noexcept;
  [[nodiscard]] Result<PcapngPacketView> parse_packet(std::uint32_t type,
                                                      Bytes body) const noexcept;

  std::endian order_ = std::endian::little;
  std::vector<PcapngInterface> interfaces_;  // of this section
  std::uint32_t section_first_id_ = 0;       // interface_id of the section's first
  std::int64_t last_time_ns_ = 0;
  std::uint64_t block_offset_ = 0;  // of the block being read
  BadRecords bad_packets_;
  BadRecords bad_interfaces_;
};

}  // namespace heptap
