"""Tunnels over UDP, over IP and over Ethernet, byte by byte: each puts a packet into another."""
import struct
from ipaddress import ip_address

import frames

# The ends of every tunnel; no message has one of these addresses.
ENDS = {4: (ip_address("203.0.113.1"), ip_address("203.0.113.2")),
        6: (ip_address("2001:db8:ffff::1"), ip_address("2001:db8:ffff::2"))}
MACS = bytes.fromhex("0200000000f20200000000f1")
VXLAN, VXLAN_GPE, GENEVE, GTP_U, TZSP, HP_ERM = 4789, 4790, 6081, 2152, 37008, 7932
MPLS, MPLS_MULTICAST = 0x8847, 0x8848


def wire(packet, **more):
    """The outermost frame."""
    return frames.ethernet(packet, addresses=MACS, **more)


def in_udp(port, payload, family=4):
    source, destination = (str(end) for end in ENDS[family])
    return frames.udp((source, 50000), (destination, port), payload, checked=family == 6)


def in_ip(protocol, payload, family=4):
    return frames.ip(*ENDS[family], protocol, payload)


def ip_number(packet):
    """What IP, and whoever counts as IP does, calls an IP packet inside."""
    return 41 if packet[0] >> 4 == 6 else 4


def vxlan(frame, policy=0):
    """RFC 7348; policy is that of draft-smith-vxlan-group-policy and sets its flag."""
    return struct.pack("!BBHI", 0x88 if policy else 0x08, 0, policy, 4242 << 8) + frame


def vxlan_gpe(kind, payload):
    """draft-ietf-nvo3-vxlan-gpe: 1 IPv4, 2 IPv6, 3 Ethernet, 5 MPLS."""
    return struct.pack("!BHBI", 0x0C, 0, kind, 4242 << 8) + payload


def geneve(kind, payload, options=b""):
    """RFC 8926; kind is an EtherType."""
    return struct.pack("!BBHI", len(options) // 4, 0, kind, 4242 << 8) + options + payload


def geneve_option(kind, data):
    return struct.pack("!HBB", 0x0102, kind, len(data) // 4) + data


def gtp_u(packet, sequence=None, extensions=()):
    """3GPP TS 29.281: a G-PDU. extensions: (type, content of 2 octets and a multiple of 4 more)."""
    optional, last = b"", 0
    for kind, content in reversed(extensions):
        optional = struct.pack("!B", (len(content) + 2) // 4) + content + bytes([last]) + optional
        last = kind
    flags = 0x30 | (4 if extensions else 0) | (2 if sequence is not None else 0)
    if flags & 7:
        optional = struct.pack("!HBB", sequence or 0, 0, last) + optional
    return struct.pack("!BBHI", flags, 255, len(optional) + len(packet), 77) + optional + packet


def mpls(labels, payload):
    """RFC 3032."""
    stack = b""
    for i, label in enumerate(labels):
        stack += struct.pack("!I", label << 12 | (i == len(labels) - 1) << 8 | 63)
    return stack + payload


def with_control_word(frame):
    """RFC 4448."""
    return struct.pack("!HH", 0, 17) + frame


def tzsp(frame, tags=b""):
    """https://en.wikipedia.org/wiki/TZSP: a received packet, Ethernet, tags up to the end tag."""
    return b"\x01\x00\x00\x01" + tags + b"\x01" + frame


def hp_erm(frame):
    """Twelve octets that ProCurve switches put in front; the last four hold the VLAN."""
    return bytes.fromhex("0000000000000000") + struct.pack("!I", 42 << 8) + frame


def authentication(protocol, payload, digest_bytes=12, multiple=4):
    """RFC 4302; IPv6 wants a multiple of eight octets."""
    digest = bytes(range(digest_bytes))
    digest += b"\0" * (-(12 + digest_bytes) % multiple)
    return struct.pack("!BBHII", protocol, (12 + len(digest)) // 4 - 2, 0, 0x1001, 9) + digest + \
        payload


def authenticated(packet, digest_bytes=12):
    """The packet itself with the header in it: transport mode."""
    source, destination, protocol, payload = frames.apart(packet)
    multiple = 8 if source.version == 6 else 4
    return frames.ip(source, destination, 51,
                     authentication(protocol, payload, digest_bytes, multiple))
