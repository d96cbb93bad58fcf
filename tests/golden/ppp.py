"""PPP and what carries it: PPPoE and L2TP."""
import struct

import frames
import tunnels

PPPOE_SESSION, L2TP = 0x8864, 1701
NUMBERS = {frames.IPV4: 0x21, frames.IPV6: 0x57}


def ppp(packet, addressed=False, compressed=False):
    """RFC 1661 and 1662: the address and control octets, and the first octet of the protocol, can
    be left out."""
    number = NUMBERS[frames.ether_type(packet)]
    return (b"\xff\x03" if addressed else b"") + \
        struct.pack("!B" if compressed else "!H", number) + packet


def pppoe(packet, vlans=()):
    """RFC 2516, in its frame."""
    payload = ppp(packet)
    head = struct.pack("!BBHH", 0x11, 0, 0x0102, len(payload))
    return tunnels.wire(head + payload, kind=PPPOE_SESSION, vlans=vlans)


def l2tp(payload, length=False, sequence=False, offset=None, priority=False):
    """RFC 2661: a data message."""
    flags = 0x4000 * length | 0x0800 * sequence | 0x0200 * (offset is not None) | 0x0100 * priority
    rest = struct.pack("!HH", 11, 12)
    if sequence:
        rest += struct.pack("!HH", 33, 0)
    if offset is not None:
        rest += struct.pack("!H", offset) + b"\xaa" * offset
    size = struct.pack("!H", 4 + len(rest) + len(payload)) if length else b""
    return struct.pack("!H", flags | 2) + size + rest + payload


def in_l2tp(payload, family=4, **bits):
    return tunnels.in_udp(L2TP, l2tp(payload, **bits), family)
