"""Packets and capture files, byte by byte: the layers that the golden captures need."""
import struct
import zlib
from ipaddress import ip_address

ETHERNET, RAW, NULL, LOOP, LINUX_SLL, LINUX_SLL2 = 1, 101, 0, 108, 113, 276
MAC_A, MAC_B = bytes.fromhex("020000000001"), bytes.fromhex("020000000002")
IPV4, IPV6 = 0x0800, 0x86DD
FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def udp(source, destination, payload, checked=True, **fields):
    """The UDP datagram in its IP packet; source and destination are (address, port).

    checked False leaves the checksum out as many tunnels over IPv4 do (RFC 768); fields are those
    of ip().
    """
    from_ip, to_ip = ip_address(source[0]), ip_address(destination[0])
    size = 8 + len(payload)
    head = struct.pack("!HHHH", source[1], destination[1], size, 0)
    pseudo = from_ip.packed + to_ip.packed + struct.pack("!IHBB", size, 0, 0, 17)
    check = (checksum(pseudo + head + payload) or 0xFFFF) if checked else 0
    return ip(from_ip, to_ip, 17, head[:6] + struct.pack("!H", check) + payload, **fields)


def tcp(source, destination, sequence, payload, flags=PSH | ACK, acknowledged=1, **fields):
    """One TCP segment in its IP packet."""
    from_ip, to_ip = ip_address(source[0]), ip_address(destination[0])
    head = struct.pack("!HHIIBBHHH", source[1], destination[1], sequence % 2**32,
                       acknowledged % 2**32, 0x50, flags, 8192, 0, 0)
    pseudo = from_ip.packed + to_ip.packed + struct.pack("!IHBB", 20 + len(payload), 0, 0, 6)
    check = checksum(pseudo + head + payload)
    return ip(from_ip, to_ip, 6, head[:16] + struct.pack("!H", check) + head[18:] + payload,
              **fields)


def ip(source, destination, protocol, payload, identification=1, fragment=0x4000, hops=64):
    """fragment: the flags and the offset of IPv4, 16 bits; IPv6 has a header for it."""
    if source.version == 6:
        return struct.pack("!IHBB", 0x6B800000, len(payload), protocol, hops) + \
            source.packed + destination.packed + payload
    head = struct.pack("!BBHHHBBH", 0x45, 0xB8, 20 + len(payload), identification, fragment, hops,
                       protocol, 0) + source.packed + destination.packed
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + payload


def apart(packet):
    """What ip() was given: source, destination, protocol, payload."""
    at, size = (8, 16) if packet[0] >> 4 == 6 else (12, 4)
    addresses = [ip_address(packet[at + i * size:at + (i + 1) * size]) for i in (0, 1)]
    return *addresses, packet[6 if size == 16 else 9], packet[at + 2 * size:]


def ether_type(packet):
    return IPV6 if packet[0] >> 4 == 6 else IPV4


def ethernet(packet, vlans=(), kind=None, addresses=MAC_B + MAC_A):
    """vlans: (tag protocol, id) from the outside in. Padded to 60 octets as on a wire."""
    head = addresses
    for tag, vlan in vlans:
        head += struct.pack("!HH", tag, vlan)
    frame = head + struct.pack("!H", kind or ether_type(packet)) + packet
    return frame.ljust(60, b"\xee")


def with_checksum(packet):
    """Ethernet whose frame check sequence was captured, too: four octets that no layer owns."""
    frame = ethernet(packet)
    return frame + struct.pack("<I", zlib.crc32(frame))


def cooked(packet):
    return struct.pack("!HHH", 0, 1, 6) + MAC_A + b"\0\0" + \
        struct.pack("!H", ether_type(packet)) + packet


def cooked2(packet):
    return struct.pack("!HHIHBB", ether_type(packet), 0, 2, 1, 0, 6) + MAC_A + b"\0\0" + packet


def null(packet):
    """BSD: the family in the byte order of the host; macOS has 30 for IPv6."""
    return struct.pack("<I", 30 if packet[0] >> 4 == 6 else 2) + packet


def loop(packet):
    """OpenBSD: the family in network byte order, 24 for IPv6."""
    return struct.pack("!I", 24 if packet[0] >> 4 == 6 else 2) + packet


def pcap(records, link_type=ETHERNET, order="<", nanoseconds=False):
    """records: (time in ns, frame)."""
    out = [struct.pack(order + "IHHiIII", 0xA1B23C4D if nanoseconds else 0xA1B2C3D4, 2, 4, 0, 0,
                       262144, link_type)]
    for time_ns, frame in records:
        fraction = time_ns % 10**9 // (1 if nanoseconds else 1000)
        out.append(struct.pack(order + "IIII", time_ns // 10**9, fraction, len(frame), len(frame)))
        out.append(frame)
    return b"".join(out)


def block(kind, body, order):
    body += b"\0" * (-len(body) % 4)
    size = struct.pack(order + "I", 12 + len(body))
    return struct.pack(order + "I", kind) + size + body + size


def option(code, value, order):
    return struct.pack(order + "HH", code, len(value)) + value + b"\0" * (-len(value) % 4)


def pcapng(records, interfaces, order="<", offset_s=0):
    """interfaces: (link type, power of ten of the time's unit); records: (interface, ns, frame).

    offset_s is when time begins, said by each interface. A custom block follows every tenth record:
    nobody has to know it, everybody has to step over it.
    """
    out = block(0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1), order)
    for link_type, digits in interfaces:
        options = option(9, bytes([digits]), order)
        if offset_s:
            options += option(14, struct.pack(order + "q", offset_s), order)
        options += option(0, b"", order)
        out += block(1, struct.pack(order + "HHI", link_type, 0, 262144) + options, order)
    for number, (interface, time_ns, frame) in enumerate(records):
        ticks = (time_ns - offset_s * 10**9) // 10 ** (9 - interfaces[interface][1])
        head = struct.pack(order + "IIIII", interface, ticks >> 32, ticks & 0xFFFFFFFF,
                           len(frame), len(frame))
        out += block(6, head + frame, order)
        if number % 10 == 9:
            out += block(0x00000BAD, struct.pack(order + "I", 32473) + b"for nobody", order)
    return out
