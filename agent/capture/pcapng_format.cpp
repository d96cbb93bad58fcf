#include "agent/capture/pcapng_format.hpp"

#include <algorithm>
#include <limits>

#include "agent/capture/capture_limits.hpp"
#include "agent/capture/ordered_reader.hpp"

namespace heptap {
namespace {

constexpr std::uint32_t byte_order_magic = 0x1a2b3c4d;
constexpr std::uint32_t min_section_bytes = 28;
constexpr std::int64_t ns_per_second = 1'000'000'000;
constexpr std::int64_t max_time_ns = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t min_time_ns = std::numeric_limits<std::int64_t>::min();

constexpr std::uint64_t power_of_10(unsigned exponent) noexcept {
  std::uint64_t power = 1;
  while (exponent-- > 0) power *= 10;
  return power;
}

/// gives     ticks * multiply, or the highest time that there is
std::int64_t scaled(std::uint64_t ticks, std::uint64_t multiply) noexcept {
  std::int64_t ns = 0;
  return __builtin_mul_overflow(ticks, multiply, &ns) ? max_time_ns : ns;
}

std::int64_t saturated_sum(std::int64_t a, std::int64_t b) noexcept {
  std::int64_t sum = 0;
  if (!__builtin_add_overflow(a, b, &sum)) return sum;
  return b > 0 ? max_time_ns : min_time_ns;
}

Result<std::endian> section_order(Bytes magic) noexcept {
  for (const std::endian order : {std::endian::little, std::endian::big}) {
    OrderedReader r{order, magic};
    if (r.u32() == byte_order_magic) return order;
  }
  return Errc::malformed;
}

struct TimeOptions {
  std::uint8_t resolution = 6;  // microseconds, unless the options say otherwise
  std::int64_t offset_seconds = 0;
};

/// Takes what options say as far as they can be read.
/// gives     false when one runs past the end of the block
bool read_time_options(OrderedReader& r, TimeOptions& time) noexcept {
  constexpr std::uint16_t end_of_options = 0;
  constexpr std::uint16_t time_resolution = 9;
  constexpr std::uint16_t time_offset = 14;
  while (!r.rest().empty()) {
    const std::uint16_t code = r.u16();
    const std::uint16_t length = r.u16();
    const Bytes value = r.bytes(length);
    r.skip((4U - length % 4U) % 4U);  // padded to 32 bits
    if (!r.ok()) return false;
    if (code == end_of_options) return true;
    if (code == time_resolution && !value.empty()) time.resolution = value.front();
    if (code == time_offset && value.size() == sizeof time.offset_seconds) {
      time.offset_seconds = static_cast<std::int64_t>(OrderedReader{r.order(), value}.u64());
    }
  }
  return true;
}

/// gives     the packet with its `captured_bytes` from where the reader stands
Result<PcapngPacketView> with_bytes(PcapngPacketView packet, OrderedReader& r,
                                    std::uint32_t captured_bytes) noexcept {
  packet.bytes = r.bytes(captured_bytes);
  if (!r.ok()) return Errc::malformed;
  return packet;
}

std::uint64_t read_ticks(OrderedReader& r) noexcept {
  const std::uint64_t high = r.u32();
  return high << 32U | r.u32();
}

}  // namespace

Result<PcapngClock> PcapngClock::of(std::uint8_t resolution) noexcept {
  constexpr std::uint8_t binary_bit = 0x80;
  constexpr unsigned max_decimal = 19;
  constexpr unsigned max_binary = 63;
  const unsigned exponent = resolution & ~unsigned{binary_bit};
  PcapngClock clock;
  clock.binary_ = (resolution & binary_bit) != 0;
  if (exponent > (clock.binary_ ? max_binary : max_decimal)) return Errc::unsupported;
  clock.shift_ = static_cast<std::uint8_t>(exponent);
  if (!clock.binary_) {
    clock.multiply_ = power_of_10(exponent < 9 ? 9 - exponent : 0);
    clock.divide_ = power_of_10(exponent > 9 ? exponent - 9 : 0);
  }
  return clock;
}

void PcapngClock::set_offset(std::int64_t seconds) noexcept {
  constexpr std::int64_t limit = max_time_ns / ns_per_second;
  offset_ns_ = std::clamp(seconds, -limit, limit) * ns_per_second;
}

std::int64_t PcapngClock::time_ns(std::uint64_t ticks) const noexcept {
  if (!binary_) {
    // The division is rare (finer than nanoseconds) and not free, so it is asked for first.
    const std::uint64_t units = divide_ == 1 ? ticks : ticks / divide_;
    return saturated_sum(scaled(units, multiply_), offset_ns_);
  }
  const std::uint64_t seconds = ticks >> shift_;
  std::uint64_t fraction = ticks - (seconds << shift_);
  // 32 bits of fraction are a quarter of a nanosecond; more would not fit the product.
  const unsigned dropped = shift_ > 32 ? shift_ - 32U : 0U;
  fraction = ((fraction >> dropped) * std::uint64_t{ns_per_second}) >> (shift_ - dropped);
  const std::int64_t whole_ns = scaled(seconds, std::uint64_t{ns_per_second});
  return saturated_sum(saturated_sum(whole_ns, static_cast<std::int64_t>(fraction)), offset_ns_);
}

Result<PcapngBlock> parse_pcapng_block(std::endian order, Bytes in) noexcept {
  if (in.size() < pcapng_min_bytes) return Errc::incomplete;
  PcapngBlock block;
  block.order = order;
  block.type = OrderedReader{order, in}.u32();
  if (block.type == pcapng_section_header) {
    const auto own_order = section_order(in.subspan(pcapng_head_bytes));
    if (!own_order) return own_order.error();
    block.order = *own_order;
  }
  block.total_bytes = OrderedReader{block.order, in.subspan(sizeof block.type)}.u32();
  const bool section = block.type == pcapng_section_header;
  if (block.total_bytes % 4 != 0) return Errc::malformed;
  if (block.total_bytes < (section ? min_section_bytes : pcapng_min_bytes)) return Errc::malformed;
  if (block.total_bytes > max_pcapng_block_bytes) return Errc::over_limit;
  return block;
}

bool ends_pcapng_block(const PcapngBlock& block, Bytes end) noexcept {
  OrderedReader r{block.order, end};
  return r.u32() == block.total_bytes && r.ok();
}

Errc check_pcapng_section(std::endian order, Bytes body) noexcept {
  OrderedReader r{order, body};
  r.skip(sizeof byte_order_magic);
  const std::uint16_t major = r.u16();
  if (!r.ok()) return Errc::incomplete;
  return major == 1 ? Errc::none : Errc::unsupported;
}

PcapngInterface parse_pcapng_interface(std::endian order, Bytes body) noexcept {
  PcapngInterface interface;
  OrderedReader r{order, body};
  interface.link_type = normal_link_type(r.u16());
  r.skip(2);  // reserved
  interface.snap_bytes = r.u32();
  if (!r.ok()) return interface;
  TimeOptions time;
  interface.well_formed = read_time_options(r, time);
  const auto clock = PcapngClock::of(time.resolution);
  if (!clock) return interface;
  interface.usable = true;
  interface.clock = *clock;
  interface.clock.set_offset(time.offset_seconds);
  return interface;
}

Result<PcapngPacketView> parse_enhanced_packet(std::endian order, Bytes body) noexcept {
  OrderedReader r{order, body};
  PcapngPacketView packet;
  packet.interface = r.u32();
  packet.ticks = read_ticks(r);
  const std::uint32_t captured_bytes = r.u32();
  packet.wire_bytes = r.u32();
  return with_bytes(packet, r, captured_bytes);
}

Result<PcapngPacketView> parse_obsolete_packet(std::endian order, Bytes body) noexcept {
  OrderedReader r{order, body};
  PcapngPacketView packet;
  packet.interface = r.u16();
  r.skip(2);  // drops between this packet and the one before
  packet.ticks = read_ticks(r);
  const std::uint32_t captured_bytes = r.u32();
  packet.wire_bytes = r.u32();
  return with_bytes(packet, r, captured_bytes);
}

Result<PcapngPacketView> parse_simple_packet(std::endian order, std::uint32_t snap_bytes,
                                             Bytes body) noexcept {
  OrderedReader r{order, body};
  PcapngPacketView packet;
  packet.wire_bytes = r.u32();
  const std::uint32_t limit = snap_bytes == 0 ? packet.wire_bytes : snap_bytes;
  return with_bytes(packet, r, std::min(packet.wire_bytes, limit));
}

}  // namespace heptap
