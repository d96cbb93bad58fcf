"""GRE and what is carried in it: PPTP's own version of it, and the mirror sessions of ERSPAN."""
import struct

import frames
import tunnels

TRANSPARENT_ETHERNET, PPP, ERSPAN, ERSPAN_3 = 0x6558, 0x880B, 0x88BE, 0x22EB


def gre(kind, payload, key=None, sequence=None, checked=False):
    """RFC 2784 and 2890; kind is an EtherType."""
    flags, fields = 0, b""
    if key is not None:
        flags, fields = flags | 0x2000, fields + struct.pack("!I", key)
    if sequence is not None:
        flags, fields = flags | 0x1000, fields + struct.pack("!I", sequence)
    if not checked:
        return struct.pack("!HH", flags, kind) + fields + payload
    head = struct.pack("!HH", flags | 0x8000, kind)
    check = frames.checksum(head + b"\0\0\0\0" + fields + payload)
    return head + struct.pack("!HH", check, 0) + fields + payload


def pptp(payload, acknowledged=None):
    """RFC 2637: version 1, the key is the payload's length and a call."""
    flags = 0x3001 | (0 if acknowledged is None else 0x0080)
    head = struct.pack("!HHHHI", flags, PPP, len(payload), 3, 12)
    return head + (b"" if acknowledged is None else struct.pack("!I", acknowledged)) + payload


def in_gre(kind, payload, family=4, **fields):
    return tunnels.in_ip(47, gre(kind, payload, **fields), family)


def erspan_1(frame):
    """draft-foschiano-erspan: no header of its own; no sequence says so."""
    return gre(ERSPAN, frame)


def erspan_2(frame, vlan_how=3):
    """vlan_how: 3 for a tag that is still in the frame."""
    return gre(ERSPAN, struct.pack("!HHI", 0x1000 | 42, vlan_how << 11 | 100, 5) + frame,
               sequence=8)


def erspan_3(frame, platform=b""):
    """platform: the sub-header of eight octets."""
    last = 0x8000 | 0x0010 | 2 << 1 | bool(platform)  # has an Ethernet PDU, hardware 1, IEEE 1588
    head = struct.pack("!HHIHH", 0x2000 | 42, 100, 0x01020304, 0, last)
    return gre(ERSPAN_3, head + platform + frame, sequence=8)
