#include <array>

#include "agent/plan/field_groups.hpp"

namespace heptap::plan_fields {
namespace {

using Type = ValueType;

constexpr std::uint64_t max_port = 65'535;

template <IpFamily family>
void protocol(const PlanSubject& message, std::string_view /*header*/, FieldValues& out) noexcept {
  if (message.packet->source.family == family) out.add_text(as_text(message.packet->payload));
}

template <IpFamily family, const IpAddress Packet::*which>
void address(const PlanSubject& message, std::string_view /*header*/, FieldValues& out) noexcept {
  const IpAddress& value = message.packet->*which;
  if (value.family == family) out.add(Value::of_address(value));
}

template <IpFamily family>
void both_addresses(const PlanSubject& message, std::string_view header,
                    FieldValues& out) noexcept {
  address<family, &Packet::source>(message, header, out);
  address<family, &Packet::destination>(message, header, out);
}

template <std::uint8_t ip_protocol>
void transport(const PlanSubject& message, std::string_view /*header*/, FieldValues& out) noexcept {
  if (message.packet->ip_protocol == ip_protocol) out.add_text(as_text(message.packet->payload));
}

template <std::uint8_t ip_protocol, std::uint16_t Packet::*which>
void port(const PlanSubject& message, std::string_view /*header*/, FieldValues& out) noexcept {
  if (message.packet->ip_protocol == ip_protocol) out.add_number(message.packet->*which);
}

template <std::uint8_t ip_protocol>
void both_ports(const PlanSubject& message, std::string_view header, FieldValues& out) noexcept {
  port<ip_protocol, &Packet::source_port>(message, header, out);
  port<ip_protocol, &Packet::destination_port>(message, header, out);
}

template <IpFamily family>
void next_protocol(const PlanSubject& message, std::string_view /*header*/,
                   FieldValues& out) noexcept {
  if (message.packet->source.family == family) out.add_number(message.packet->ip_protocol);
}

template <IpFamily family, unsigned shift>
void traffic_class(const PlanSubject& message, std::string_view /*header*/,
                   FieldValues& out) noexcept {
  if (message.packet->source.family != family) return;
  out.add_number(unsigned{message.packet->traffic_class} >> shift);
}

bool has_ethernet(const PlanSubject& message) noexcept {
  return message.packet->ethernet.type() != 0;
}

void ethernet(const PlanSubject& message, std::string_view /*header*/, FieldValues& out) noexcept {
  if (has_ethernet(message)) out.add_text(as_text(message.packet->payload));
}

template <Bytes (EthernetHeader::*which)() const noexcept>
void ethernet_address(const PlanSubject& message, std::string_view /*header*/,
                      FieldValues& out) noexcept {
  if (has_ethernet(message)) out.add_text(as_text((message.packet->ethernet.*which)()));
}

void both_ethernet_addresses(const PlanSubject& message, std::string_view header,
                             FieldValues& out) noexcept {
  ethernet_address<&EthernetHeader::destination>(message, header, out);
  ethernet_address<&EthernetHeader::source>(message, header, out);
}

void ethernet_type(const PlanSubject& message, std::string_view /*header*/,
                   FieldValues& out) noexcept {
  if (has_ethernet(message)) out.add_number(message.packet->ethernet.type());
}

void vlan_id(const PlanSubject& message, std::string_view /*header*/, FieldValues& out) noexcept {
  if (message.packet->vlan_id != 0) out.add_number(message.packet->vlan_id);
}

void frame(const PlanSubject& message, std::string_view /*header*/, FieldValues& out) noexcept {
  out.add_text(as_text(message.packet->payload));
}

void frame_len(const PlanSubject& message, std::string_view /*header*/, FieldValues& out) noexcept {
  if (message.frame_bytes != 0) out.add_number(message.frame_bytes);
}

constexpr auto v4 = IpFamily::v4;
constexpr auto v6 = IpFamily::v6;
constexpr std::uint8_t udp = ip_protocol_udp;
constexpr std::uint8_t tcp = ip_protocol_tcp;
constexpr std::uint8_t sctp = ip_protocol_sctp;

// clang-format off
constexpr std::array table{
    Field{"frame", Type::protocol, any_subject, frame, "every message; its bytes are those above UDP, TCP or SCTP"},
    Field{"frame.len", Type::number, any_subject, frame_len, "of the frame on the wire; of a stream, of the one that ended the message"},
    Field{"eth", Type::protocol, any_sip, ethernet, "Ethernet; of a tunnel with Ethernet in it, the innermost"},
    Field{"eth.addr", Type::ether, any_sip, both_ethernet_addresses, "source or destination; of a stream, of the frame that ended the message"},
    Field{"eth.src", Type::ether, any_sip, ethernet_address<&EthernetHeader::source>, "source"},
    Field{"eth.dst", Type::ether, any_sip, ethernet_address<&EthernetHeader::destination>, "destination"},
    Field{"eth.type", Type::number, any_sip, ethernet_type, "0x0800 IPv4, 0x86dd IPv6, 0x8100 a tag of 802.1Q", 65'535},
    Field{"vlan.id", Type::number, any_subject, vlan_id, "of the innermost 802.1Q tag", 4095},
    Field{"ip", Type::protocol, any_subject, protocol<v4>, "IPv4; of a tunnel, what is in it"},
    Field{"ip.addr", Type::ipv4, any_subject, both_addresses<v4>, "source or destination"},
    Field{"ip.src", Type::ipv4, any_subject, address<v4, &Packet::source>, "source"},
    Field{"ip.dst", Type::ipv4, any_subject, address<v4, &Packet::destination>, "destination"},
    Field{"ip.proto", Type::number, any_subject, next_protocol<v4>, "6 TCP, 17 UDP, 132 SCTP", 255},
    Field{"ip.dsfield", Type::number, any_subject, traffic_class<v4, 0>, "Differentiated Services field", 255},
    Field{"ip.dsfield.dscp", Type::number, any_subject, traffic_class<v4, 2>, "46 is EF", 63},
    Field{"ipv6", Type::protocol, any_subject, protocol<v6>, "IPv6; of a tunnel, what is in it"},
    Field{"ipv6.addr", Type::ipv6, any_subject, both_addresses<v6>, "source or destination"},
    Field{"ipv6.src", Type::ipv6, any_subject, address<v6, &Packet::source>, "source"},
    Field{"ipv6.dst", Type::ipv6, any_subject, address<v6, &Packet::destination>, "destination"},
    Field{"ipv6.tclass", Type::number, any_subject, traffic_class<v6, 0>, "traffic class", 255},
    Field{"ipv6.tclass.dscp", Type::number, any_subject, traffic_class<v6, 2>, "46 is EF", 63},
    Field{"udp", Type::protocol, any_subject, transport<udp>, "UDP"},
    Field{"udp.port", Type::number, any_subject, both_ports<udp>, "source or destination", max_port},
    Field{"udp.srcport", Type::number, any_subject, port<udp, &Packet::source_port>, "source", max_port},
    Field{"udp.dstport", Type::number, any_subject, port<udp, &Packet::destination_port>, "destination", max_port},
    Field{"tcp", Type::protocol, any_subject, transport<tcp>, "TCP, with what is above it"},
    Field{"tcp.port", Type::number, any_subject, both_ports<tcp>, "source or destination", max_port},
    Field{"tcp.srcport", Type::number, any_subject, port<tcp, &Packet::source_port>, "source", max_port},
    Field{"tcp.dstport", Type::number, any_subject, port<tcp, &Packet::destination_port>, "destination", max_port},
    Field{"sctp", Type::protocol, any_subject, transport<sctp>, "SCTP"},
    Field{"sctp.port", Type::number, any_subject, both_ports<sctp>, "source or destination", max_port},
    Field{"sctp.srcport", Type::number, any_subject, port<sctp, &Packet::source_port>, "source", max_port},
    Field{"sctp.dstport", Type::number, any_subject, port<sctp, &Packet::destination_port>, "destination", max_port},
};
// clang-format on

}  // namespace

std::span<const Field> network() noexcept { return table; }

}  // namespace heptap::plan_fields
