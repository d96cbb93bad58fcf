#include "tests/differential/capture_payloads.hpp"

#include <pcap/pcap.h>

#include <array>
#include <memory>

namespace heptap::test {

namespace {

constexpr std::uint16_t ip4 = 0x0800;
constexpr std::uint16_t ip6 = 0x86dd;

/// Cut to the length the layer itself states: Ethernet pads short frames.
Bytes first(Bytes in, std::size_t size) { return in.first(std::min(size, in.size())); }

Bytes udp_or_tcp(std::uint8_t protocol, Bytes in) {
  ByteReader r{in};
  if (protocol == 17) {
    r.skip(4);
    const std::uint16_t length = r.be16();
    r.skip(2);
    return r.ok() && length >= 8 ? first(r.rest(), length - 8U) : Bytes{};
  }
  if (protocol != 6) return {};
  r.skip(12);
  const std::size_t header = (r.u8() >> 4U) * 4U;
  return r.ok() && header >= 20 && header <= in.size() ? in.subspan(header) : Bytes{};
}

Bytes ip(Bytes in) {
  if (in.empty()) return {};
  ByteReader r{in};
  if (in[0] >> 4U == 4) {
    const std::size_t header = (r.u8() & 0x0fU) * 4U;
    r.skip(1);
    const std::uint16_t total = r.be16();
    r.skip(2);
    const bool is_fragment = (r.be16() & 0x3fffU) != 0;
    r.skip(1);
    const std::uint8_t protocol = r.u8();
    if (!r.ok() || is_fragment || header < 20 || total < header || header > in.size()) return {};
    return udp_or_tcp(protocol, first(in.subspan(header), total - header));
  }
  if (in[0] >> 4U != 6) return {};
  r.skip(4);
  const std::uint16_t length = r.be16();
  const std::uint8_t protocol = r.u8();  // extension headers are not followed
  r.skip(33);
  return r.ok() ? udp_or_tcp(protocol, first(r.rest(), length)) : Bytes{};
}

Bytes after_ether_type(std::uint16_t type, Bytes in) {
  ByteReader r{in};
  while (type == 0x8100 || type == 0x88a8) {
    r.skip(2);
    type = r.be16();
  }
  if (type == 0x8864) {  // PPPoE session, then PPP with IPv4 or IPv6
    r.skip(6);
    const std::uint16_t ppp = r.be16();
    type = ppp == 0x0021 ? ip4 : ppp == 0x0057 ? ip6 : std::uint16_t{0};
  }
  return r.ok() && (type == ip4 || type == ip6) ? ip(r.rest()) : Bytes{};
}

/// Bytes before the field with the EtherType, and after it up to the payload.
Bytes ether_like(Bytes in, std::size_t before, std::size_t after) {
  ByteReader r{in};
  r.skip(before);
  const std::uint16_t type = r.be16();
  r.skip(after);
  return r.ok() ? after_ether_type(type, r.rest()) : Bytes{};
}

Bytes payload(int link_type, Bytes frame) {
  switch (link_type) {
    case DLT_EN10MB: return ether_like(frame, 12, 0);
    case DLT_LINUX_SLL: return ether_like(frame, 14, 0);
    case DLT_LINUX_SLL2: return ether_like(frame, 0, 18);
    case DLT_NULL: return frame.size() > 4 ? ip(frame.subspan(4)) : Bytes{};
    case DLT_RAW:
    case DLT_IPV4:
    case DLT_IPV6: return ip(frame);
    default: return {};
  }
}

}  // namespace

bool for_each_payload(const std::string& file, const std::function<void(Bytes)>& take) {
  std::array<char, PCAP_ERRBUF_SIZE> error{};
  const std::unique_ptr<pcap_t, decltype(&pcap_close)> handle(
      pcap_open_offline(file.c_str(), error.data()), &pcap_close);
  if (handle == nullptr) return false;
  pcap_pkthdr* header = nullptr;
  const std::uint8_t* data = nullptr;
  while (pcap_next_ex(handle.get(), &header, &data) == 1) {
    const Bytes found = payload(pcap_datalink(handle.get()), {data, header->caplen});
    if (!found.empty()) take(found);
  }
  return true;
}

}  // namespace heptap::test
