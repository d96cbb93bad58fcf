"""IP packets in fragments that come in any order, twice, tiny, and in tunnels.

The time of a message is that of the fragment that completed it: the others come a little before,
what comes again a little after.
"""
import struct

import frames
from gre import in_gre
from tunnels import VXLAN, in_udp, vxlan, wire

GAP_NS, AFTERWARDS_NS = 3_000, 20_000


def fragments(packet, size, identification):
    """RFC 791 and RFC 8200 section 4.5: pieces of `size` octets, a multiple of eight."""
    source, destination, protocol, payload = frames.apart(packet)
    pieces = []
    for at in range(0, len(payload), size):
        more = at + size < len(payload)
        part = payload[at:at + size]
        if source.version == 4:
            pieces.append(frames.ip(source, destination, protocol, part, identification,
                                    more * 0x2000 | at // 8))
        else:
            head = struct.pack("!BBHI", protocol, 0, at | more, 0x10000 + identification)
            pieces.append(frames.ip(source, destination, 44, head + part))
    return pieces


def in_order(packet, number):
    return [wire(piece) for piece in fragments(packet, 256, number)]


def backwards(packet, number):
    return in_order(packet, number)[::-1]


def last_first(packet, number):
    pieces = in_order(packet, number)
    return pieces[-1:] + pieces[:-1]


def twice(packet, number):
    """Each piece twice but the one that completes it."""
    pieces = in_order(packet, number)
    return [piece for piece in pieces[1:] for _ in (0, 1)] + pieces[:1]


def tiny(packet, number):
    """Eight octets each, which is how a filter that looks for ports is got around; every second
    first."""
    pieces = [wire(piece) for piece in fragments(packet, 8, number)]
    return pieces[1::2] + pieces[::2]


def outer(packet, number):
    """VXLAN packets that did not fit any more."""
    tunnel = in_udp(VXLAN, vxlan(frames.ethernet(packet)), 6 if number % 2 else 4)
    return [wire(piece) for piece in fragments(tunnel, 304, number)][::-1]


def inner(packet, number):
    return [wire(in_gre(frames.ether_type(piece), piece))
            for piece in fragments(packet, 256, number)][::-1]


def both(packet, number):
    """Two inner fragments, each in a tunnel of IPv4 whose packets are fragmented, all mixed."""
    half = len(frames.apart(packet)[3]) // 16 * 8
    outers = []
    for i, piece in enumerate(fragments(packet, half, number)):
        tunnel = in_udp(VXLAN, vxlan(frames.ethernet(piece)))
        outers.append(fragments(tunnel, 160, 1000 + 10 * number + i))
    mixed = [piece for i in range(max(map(len, outers))) for parts in outers
             for piece in parts[i:i + 1]]
    return [wire(piece) for piece in mixed]


VARIANTS = [in_order, backwards, twice, tiny, last_first, outer, inner, both]


def of_packets(packets):
    """Packet i has variant i modulo their number, counted apart for each family; the few of IPv6
    begin with the second."""
    records, counts = [], {4: 0, 6: 1}
    for number, (time_ns, packet) in enumerate(packets, 100):
        family = packet[0] >> 4
        variant = VARIANTS[counts[family] % len(VARIANTS)]
        counts[family] += 1
        pieces = variant(packet, number)
        for before, piece in enumerate(reversed(pieces)):
            records.append((time_ns - before * GAP_NS, piece))
        if variant is twice:
            records.append((time_ns + AFTERWARDS_NS, pieces[0]))
    return sorted(records, key=lambda record: record[0])
