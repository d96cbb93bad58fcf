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

constexpr std::string_view lengths_differ = "the two lengths of a block differ";

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

    block_offset_ = offset;
    const auto [step, reason] =
        is_read(block->type) ? read_block(in, *block, out) : skip_block(in, *block);
    switch (step) {
      case Step::frame: return ReadState::frame;
      case Step::no_frame: break;
      case Step::cut_short: return stop_short(in, offset, damage);
      case Step::damaged: return stop_damaged(offset, reason, damage);
    }
  }
}

PcapngReader::Outcome PcapngReader::skip_block(ByteSource& in, const PcapngBlock& block) noexcept {
  if (!in.skip(block.total_bytes - end_bytes)) return {Step::cut_short};
  const Bytes end = in.at_least(end_bytes);
  if (end.size() < end_bytes) return {Step::cut_short};
  if (!ends_pcapng_block(block, end)) return {Step::damaged, lengths_differ};
  in.consume(end_bytes);
  return {Step::no_frame};
}

PcapngReader::Outcome PcapngReader::read_block(ByteSource& in, const PcapngBlock& block,
                                               RawFrame& out) noexcept {
  const std::size_t total_bytes = block.total_bytes;
  if (total_bytes > max_read_block_bytes) return {Step::damaged, "block to be read above 16 MiB"};
  const Bytes window = in.at_least(total_bytes);
  if (window.size() < total_bytes) return {Step::cut_short};
  const Bytes whole = window.first(total_bytes);
  if (!ends_pcapng_block(block, whole.last(end_bytes))) return {Step::damaged, lengths_differ};
  in.consume(total_bytes);  // the bytes stay where they are until more are asked for

  const Bytes body = whole.subspan(pcapng_head_bytes, total_bytes - pcapng_min_bytes);
  switch (block.type) {
    case pcapng_section_header: return begin_section(block.order, body);
    case pcapng_interface: return add_interface(body);
    default: return read_packet(block.type, body, out);
  }
}

PcapngReader::Outcome PcapngReader::begin_section(std::endian order, Bytes body) noexcept {
  if (check_pcapng_section(order, body) != Errc::none) {
    return {Step::damaged, "pcapng version is not 1"};
  }
  order_ = order;
  section_first_id_ += static_cast<std::uint32_t>(interfaces_.size());
  interfaces_.clear();
  return {Step::no_frame};
}

PcapngReader::Outcome PcapngReader::add_interface(Bytes body) noexcept {
  if (interfaces_.size() == max_interfaces) {
    return {Step::damaged, "more than 65536 interfaces in a section"};
  }
  interfaces_.push_back(parse_pcapng_interface(order_, body));
  const PcapngInterface& added = interfaces_.back();
  if (!added.usable || !added.well_formed) bad_interfaces_.note(block_offset_);
  return {Step::no_frame};
}

PcapngReader::Outcome PcapngReader::read_packet(std::uint32_t type, Bytes body,
                                                RawFrame& out) noexcept {
  const auto packet = parse_packet(type, body);
  if (!packet || packet->bytes.size() > max_frame_bytes ||
      packet->interface >= interfaces_.size() || !interfaces_[packet->interface].usable) {
    bad_packets_.note(block_offset_);
    return {Step::no_frame};
  }
  const PcapngInterface& interface = interfaces_[packet->interface];
  if (type != pcapng_simple_packet) last_time_ns_ = interface.clock.time_ns(packet->ticks);
  out.time_ns = last_time_ns_;
  out.link_type = interface.link_type;
  out.interface_id = section_first_id_ + packet->interface;
  out.wire_bytes = std::max(packet->wire_bytes, static_cast<std::uint32_t>(packet->bytes.size()));
  out.bytes = packet->bytes;
  return {Step::frame};
}

Result<PcapngPacketView> PcapngReader::parse_packet(std::uint32_t type, Bytes body) const noexcept {
  if (type == pcapng_enhanced_packet) return parse_enhanced_packet(order_, body);
  if (type == pcapng_obsolete_packet) return parse_obsolete_packet(order_, body);
  return parse_simple_packet(order_, interfaces_.empty() ? 0 : interfaces_.front().snap_bytes,
                             body);
}

}  // namespace heptap
