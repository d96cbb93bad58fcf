#include "agent/capture/filter_samples.hpp"

#include <initializer_list>
#include <utility>

#include "proto/net/ip.hpp"
#include "proto/net/link.hpp"
#include "proto/net/packet.hpp"

namespace heptap {
namespace {

constexpr std::uint8_t ip_protocol_ipv6 = 41;
constexpr std::uint8_t ip_protocol_gre = 47;
constexpr std::size_t message_bytes = 64;

void append(Sample& out, Bytes bytes) { out.insert(out.end(), bytes.begin(), bytes.end()); }

void put16(Sample& out, std::size_t value) {
  out.push_back(static_cast<std::uint8_t>(value >> 8U));
  out.push_back(static_cast<std::uint8_t>(value));
}

Sample joined(Sample head, const Sample& tail) {
  append(head, tail);
  return head;
}

Sample ethernet(const LinkSample& in) {
  Sample out(12);
  put16(out, in.ethertype);
  return joined(std::move(out), in.bytes);
}

Sample ipv4(const SampleEnds& ends, std::uint8_t protocol, const Sample& payload,
            std::uint16_t fragment) {
  Sample out{0x45, 0};
  put16(out, 20 + payload.size());
  put16(out, 0);
  put16(out, fragment);
  append(out, std::initializer_list<std::uint8_t>{64, protocol, 0, 0});
  append(out, ends.from.bytes());
  append(out, ends.to.bytes());
  return joined(std::move(out), payload);
}

Sample ipv6(const SampleEnds& ends, std::uint8_t protocol, const Sample& payload) {
  Sample out{0x60, 0, 0, 0};
  put16(out, payload.size());
  append(out, std::initializer_list<std::uint8_t>{protocol, 64});
  append(out, ends.from.bytes());
  append(out, ends.to.bytes());
  return joined(std::move(out), payload);
}

LinkSample ip(const SampleEnds& ends, std::uint8_t protocol, const Sample& payload) {
  if (ends.from.family == IpFamily::v6) return {ethertype::ipv6, ipv6(ends, protocol, payload)};
  return {ethertype::ipv4, ipv4(ends, protocol, payload, 0)};
}

Sample transport(const SampleEnds& ends) {
  Sample out;
  put16(out, ends.from_port);
  put16(out, ends.to_port);
  if (ends.protocol == ip_protocol_udp) put16(out, 8 + message_bytes);
  if (ends.protocol == ip_protocol_tcp) out = {joined(out, {0, 0, 0, 0, 0, 0, 0, 0, 0x50, 0x18})};
  out.resize((ends.protocol == ip_protocol_tcp ? 20 : 12) + message_bytes);
  return out;
}

Sample udp(std::uint16_t from_port, std::uint16_t to_port, const Sample& payload) {
  Sample out;
  put16(out, from_port);
  put16(out, to_port);
  put16(out, 8 + payload.size());
  put16(out, 0);
  return joined(std::move(out), payload);
}

// What the tunnel's header is followed by, with the header; as far as libpcap looks into it.
Sample wrapped(Layer layer, const SampleEnds& ends) {
  const LinkSample inner = whole_sample(ends);
  const bool is_v6 = inner.ethertype == ethertype::ipv6;
  Sample head;
  switch (layer) {
    case Layer::ip: return inner.bytes;
    case Layer::ah:
      return joined(
          {ends.protocol, 4, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
          transport(ends));
    case Layer::mpls: return joined({0x00, 0x01, 0x01, 64}, inner.bytes);
    case Layer::pppoe:
      head = {0x11, 0, 0, 1};
      put16(head, 2 + inner.bytes.size());
      put16(head, is_v6 ? 0x57 : 0x21);
      return joined(std::move(head), inner.bytes);
    case Layer::gre:
      head = {0, 0};
      put16(head, inner.ethertype);
      return joined(std::move(head), inner.bytes);
    case Layer::vxlan: return joined({8, 0, 0, 0, 0, 0, 1, 0}, ethernet(inner));
    case Layer::geneve: return joined({0, 0, 0x65, 0x58, 0, 0, 1, 0}, ethernet(inner));
    case Layer::gtp_u:
      head = {0x30, 0xff};
      put16(head, inner.bytes.size());
      return joined(joined(std::move(head), {0, 0, 0, 1}), inner.bytes);
    default: return joined(Sample(12), ethernet(inner));
  }
}

}  // namespace

LinkSample whole_sample(const SampleEnds& ends) { return ip(ends, ends.protocol, transport(ends)); }

LinkSample fragment_sample(const SampleEnds& ends) {
  constexpr std::uint16_t offset = 185;  // of eight octets: behind the first of Ethernet's 1500
  if (ends.from.family == IpFamily::v4) {
    return {ethertype::ipv4, ipv4(ends, ends.protocol, Sample(message_bytes), offset)};
  }
  Sample head{ends.protocol, 0};
  put16(head, offset * 8);
  head.resize(8 + message_bytes);
  return ip(ends, ip_protocol_fragment, head);
}

LinkSample tunnel_sample(const TunnelRow& row, const SampleEnds& ends) {
  switch (row.key) {
    case TunnelKey::ethertype: return {row.number, wrapped(row.layer, ends)};
    case TunnelKey::ip_protocol: {
      SampleEnds inner = ends;
      const bool is_v6 = row.number == ip_protocol_ipv6;
      if (row.layer == Layer::ip && is_v6 != (ends.from.family == IpFamily::v6)) {
        inner.from = inner.to = IpAddress{{}, is_v6 ? IpFamily::v6 : IpFamily::v4};
      }
      return ip(ends, static_cast<std::uint8_t>(row.number), wrapped(row.layer, inner));
    }
    case TunnelKey::gre_protocol: {
      Sample gre{0, 0};
      put16(gre, row.number);
      return ip(ends, ip_protocol_gre, joined(std::move(gre), wrapped(row.layer, ends)));
    }
    case TunnelKey::udp_port: break;
  }
  constexpr std::uint16_t some_port = 50'000;
  return ip(ends, ip_protocol_udp, udp(some_port, row.number, wrapped(row.layer, ends)));
}

std::optional<Sample> frame_sample(std::uint32_t link_type, const LinkSample& in) {
  Sample head;
  switch (link_type) {
    case link_type::ethernet: return ethernet(in);
    case link_type::linux_sll:
      head.resize(14);
      put16(head, in.ethertype);
      return joined(std::move(head), in.bytes);
    case link_type::linux_sll2:
      put16(head, in.ethertype);
      head.resize(20);
      return joined(std::move(head), in.bytes);
    case link_type::raw:
    case link_type::raw_bsd:
      if (in.ethertype != ethertype::ipv4 && in.ethertype != ethertype::ipv6) return std::nullopt;
      return in.bytes;
    default: return std::nullopt;
  }
}

}  // namespace heptap
