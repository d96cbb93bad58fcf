#include "agent/capture/pcap_format.hpp"

#include "agent/capture/capture_limits.hpp"
#include "agent/capture/ordered_reader.hpp"

namespace heptap {
namespace {

constexpr std::uint32_t magic_microseconds = 0xa1b2c3d4;
constexpr std::uint32_t magic_nanoseconds = 0xa1b23c4d;
constexpr std::uint32_t magic_modified = 0xa1b2cd34;  // A. Kuznetsov's tcpdump, Red Hat 6 to 7
constexpr std::int64_t ns_per_second = 1'000'000'000;

struct Flavour {
  std::uint32_t magic;
  std::uint32_t ns_per_fraction;
  std::uint32_t record_head_bytes;
};
constexpr Flavour flavours[] = {
    {magic_microseconds, 1000, 16}, {magic_nanoseconds, 1, 16}, {magic_modified, 1000, 24}};

Result<PcapHeader> parse_magic(Bytes in) noexcept {
  for (const std::endian order : {std::endian::little, std::endian::big}) {
    OrderedReader r{order, in};
    const std::uint32_t magic = r.u32();
    if (!r.ok()) return Errc::incomplete;
    for (const Flavour& flavour : flavours) {
      if (magic != flavour.magic) continue;
      PcapHeader header;
      header.order = order;
      header.ns_per_fraction = flavour.ns_per_fraction;
      header.record_head_bytes = flavour.record_head_bytes;
      return header;
    }
  }
  return Errc::malformed;
}

}  // namespace

bool is_pcap(Bytes in) noexcept { return parse_magic(in).ok(); }

Result<PcapHeader> parse_pcap_header(Bytes in) noexcept {
  const auto magic = parse_magic(in);
  if (!magic) return magic.error();
  PcapHeader header = *magic;
  OrderedReader r{header.order, in};
  r.skip(4);  // magic
  const std::uint16_t major = r.u16();
  const std::uint16_t minor = r.u16();
  r.skip(8);  // time zone and accuracy: always zero in practice
  header.snap_bytes = r.u32();
  const std::uint32_t link_field = r.u32();
  if (!r.ok()) return Errc::incomplete;
  if (major != 2 || minor != 4) return Errc::unsupported;
  constexpr std::uint32_t link_type_bits = 0x03ff'ffff;  // above them: length of the FCS
  header.link_type = normal_link_type(link_field & link_type_bits);
  return header;
}

Result<PcapRecord> parse_pcap_record(const PcapHeader& header, Bytes in) noexcept {
  if (in.size() < header.record_head_bytes) return Errc::incomplete;
  OrderedReader r{header.order, in};
  const std::uint32_t seconds = r.u32();
  const std::uint32_t fraction = r.u32();
  PcapRecord record;
  record.captured_bytes = r.u32();
  record.wire_bytes = r.u32();
  if (record.captured_bytes > max_frame_bytes) return Errc::over_limit;
  if ((seconds | fraction | record.captured_bytes | record.wire_bytes) == 0) return Errc::malformed;
  record.time_ns = std::int64_t{seconds} * ns_per_second +
                   std::int64_t{fraction} * std::int64_t{header.ns_per_fraction};
  return record;
}

}  // namespace heptap
