#include "agent/capture/pcapng_reader.hpp"

#include <algorithm>

#include "agent/capture/capture_limits.hpp"

namespace heptap {
namespace {

// Of blocks whose body is read: the longest frame with generous options.
constexpr std::uint32_t max_read_block_bytes = max_frame_bytes + std::uint32_t{48} * 1024;
static_assert(max_read_block_bytes <= ByteSource::max_window_bytes);

constexpr std::size_t end_bytes = 4;  // the length again

bool is_read(std::uint32_t type) noexcept {
  switch (type) {
    case pcapng_section_header:
    case pcapng_interface:
    case pcapng_obsolete_packet:
    case pcapng_simple_packet:
    case pcapng_enhanced_packet: return true;
    default: return false;
  }
}

constexpr std::string_view reason_lengths_differ = "the two lengths of a block differ";

std::string_view reason_of_block(Errc error) noexcept {
  return error == Errc::over_limit ? "block length above 256 MiB" : "not a pcapng block";
}

}  // namespace

ReadState PcapngReader::next(ByteSource& in, RawFrame& out, Damage& damage) noexcept {
  for (;;) {
    const std::uint64_t offset = in.offset();
    const auto block = parse_pcapng_block(order_, in.at_least(pcapng_min_bytes));
    if (block.error() == Errc::incomplete) return stop_short(in, offset, damage);
    if (!block) return stop_damaged(offset, reason_of_block(block.error()), damage);

    if (!is_read(block->type)) {
      if (!in.skip(block->total_bytes - end_bytes)) return stop_short(in, offset, damage);
      const Bytes end = in.at_least(end_bytes);
      if (end.size() < end_bytes) return stop_short(in, offset, damage);
      if (!ends_pcapng_block(*block, end)) {
        return stop_damaged(offset, reason_lengths_differ, damage);
      }
      in.consume(end_bytes);
      continue;
    }

    const std::size_t total_bytes = block->total_bytes;
    if (total_bytes > max_read_block_bytes) {
      return stop_damaged(offset, "block that must be read is above 16 MiB", damage);
    }
    const Bytes window = in.at_least(total_bytes);
    if (window.size() < total_bytes) return stop_short(in, offset, damage);
    const Bytes whole = window.first(total_bytes);
    if (!ends_pcapng_block(*block, whole.last(end_bytes))) {
      return stop_damaged(offset, reason_lengths_differ, damage);
    }
    const Bytes body = whole.subspan(pcapng_head_bytes, total_bytes - pcapng_min_bytes);
    std::string_view reason;
    const Step step = read_block(*block, body, out, reason);
    if (step == Step::damaged) return stop_damaged(offset, reason, damage);
    in.consume(total_bytes);
    if (step == Step::frame) return ReadState::frame;
  }
}

PcapngReader::Step PcapngReader::read_block(const PcapngBlock& block, Bytes body, RawFrame& out,
                                            std::string_view& reason) noexcept {
  switch (block.type) {
    case pcapng_section_header: return begin_section(block.order, body, reason);
    case pcapng_interface: return add_interface(body, reason);
    default: return read_packet(block.type, body, out);
  }
}

PcapngReader::Step PcapngReader::begin_section(std::endian order, Bytes body,
                                               std::string_view& reason) noexcept {
  if (check_pcapng_section(order, body) != Errc::none) {
    reason = "pcapng version is not 1";
    return Step::damaged;
  }
  order_ = order;
  section_first_id_ += static_cast<std::uint32_t>(interfaces_.size());
  interfaces_.clear();
  return Step::other;
}

PcapngReader::Step PcapngReader::add_interface(Bytes body, std::string_view& reason) noexcept {
  if (interfaces_.size() == max_interfaces) {
    reason = "more than 65536 interfaces in a section";
    return Step::damaged;
  }
  interfaces_.push_back(parse_pcapng_interface(order_, body));
  const PcapngInterface& added = interfaces_.back();
  if (!added.usable || !added.well_formed) ++bad_records_;
  return Step::other;
}

PcapngReader::Step PcapngReader::read_packet(std::uint32_t type, Bytes body,
                                             RawFrame& out) noexcept {
  const auto packet = parse_packet(type, body);
  if (!packet || packet->bytes.size() > max_frame_bytes ||
      packet->interface >= interfaces_.size() || !interfaces_[packet->interface].usable) {
    ++bad_records_;
    return Step::other;
  }
  const PcapngInterface& interface = interfaces_[packet->interface];
  if (type != pcapng_simple_packet) last_time_ns_ = interface.clock.time_ns(packet->ticks);
  out.time_ns = last_time_ns_;
  out.link_type = interface.link_type;
  out.interface_id = section_first_id_ + packet->interface;
  out.wire_bytes = std::max(packet->wire_bytes, static_cast<std::uint32_t>(packet->bytes.size()));
  out.bytes = packet->bytes;
  return Step::frame;
}

Result<PcapngPacketView> PcapngReader::parse_packet(std::uint32_t type, Bytes body) const noexcept {
  if (type == pcapng_enhanced_packet) return parse_enhanced_packet(order_, body);
  if (type == pcapng_obsolete_packet) return parse_obsolete_packet(order_, body);
  return parse_simple_packet(order_, interfaces_.empty() ? 0 : interfaces_.front().snap_bytes,
                             body);
}

}  // namespace heptap
