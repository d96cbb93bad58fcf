#!/usr/bin/env python3
"""Writes corpus/net_decode: net_decode_corpus.py DIR, or with --check says what is missing there.

A file is what net_decode.cpp says: frames, each with a byte for its link layer, two for its length,
and one for the time since the last. The headers are those of the golden captures.
"""
import pathlib
import struct
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "golden"))
import encapsulations  # noqa: E402
import fragments  # noqa: E402
import frames  # noqa: E402
import ppp  # noqa: E402
import tunnels  # noqa: E402

ETHERNET, SLL, NULL, SLL2, RAW, PPP, NFLOG, PPP_ETHER, C_HDLC = range(9)
TEXT = b"OPTIONS sip:a@b SIP/2.0\r\n\r\n"
ENDS = [(("192.0.2.10", 5060), ("198.51.100.20", 5060)),
        (("2001:db8::c", 5060), ("2001:db8::d", 5080))]
PACKETS = [frames.udp(*ends, TEXT) for ends in ENDS]
LONG_PACKETS = [frames.udp(*ends, TEXT + bytes(range(200)) * 2) for ends in ENDS]


def row(some, link=ETHERNET, time=0):
    return b"".join(struct.pack("!BHB", link, len(frame), time) + frame for frame in some)


def in_tunnels():
    return {name.replace("-", "_"): row(wrap(packet) for wrap in variants for packet in PACKETS)
            for name, variants in encapsulations.VARIANTS.items()}


def on_links():
    v4, v6 = PACKETS
    attribute = struct.pack("<HH", 4 + len(v4), 9) + v4
    vlans = [(0x88A8, 7), (0x8100, 42)]
    tags = [bytes.fromhex("8926 80010002"), bytes.fromhex("88e7 00001234") + tunnels.MACS]
    bodies = [frames.MAC_A + frames.MAC_B + tag + b"\x08\x00" + v4 for tag in tags]
    session = ppp.pppoe(v4)[14:]
    return {
        "ethernet": row([frames.ethernet(packet) for packet in PACKETS]),
        "vlan": row([frames.ethernet(packet, vlans) for packet in PACKETS]),
        "switch_tags": row(bodies),
        "tcp": row([frames.ethernet(frames.tcp(*ends, 1, TEXT)) for ends in ENDS]),
        "sll": row(map(frames.cooked, PACKETS), SLL),
        "sll2": row(map(frames.cooked2, PACKETS), SLL2),
        "null": row(map(frames.null, PACKETS), NULL),
        "raw": row(PACKETS, RAW),
        "ppp": row([ppp.ppp(v4, addressed=True), ppp.ppp(v6, compressed=True)], PPP),
        "ppp_ether": row([session], PPP_ETHER),
        "nflog": row([b"\2\0\0\3" + b"\5\0\x0a\0\0\0\0\0" + attribute], NFLOG),
        "c_hdlc": row([b"\x0f\0\x08\0" + v4, b"\x8f\0\x86\xdd" + v6], C_HDLC),
    }


def deep(packet):
    """In as many IP headers as a decoder takes off."""
    for _ in range(23):
        packet = tunnels.in_ip(4, packet)
    return packet


def in_fragments():
    found = {}
    for variant in fragments.VARIANTS:
        pieces = [variant(packet, number) for number, packet in enumerate(LONG_PACKETS)]
        found["fragments_" + variant.__name__] = row(sum(pieces, []))
    for version, packet in zip((4, 6), LONG_PACKETS):
        whole, other = (fragments.fragments(packet, size, 7) for size in (64, 40))
        found[f"fragments_overlap_v{version}"] = row(whole[:2] + other[1:3] + whole[2:], RAW)
        found[f"fragments_late_v{version}"] = row(whole + whole, RAW) + row(whole, RAW, 2)
        found[f"fragments_missing_v{version}"] = row(whole[1:], RAW, 60) * 6 + row(whole, RAW)
    found["fragments_deep"] = row(map(deep, fragments.fragments(PACKETS[0], 16, 7)), RAW)
    return found


def corpus():
    return {**in_tunnels(), **on_links(), **in_fragments()}


def main():
    directory, check = pathlib.Path(sys.argv[-1]), "--check" in sys.argv
    wrong = []
    for name, content in corpus().items():
        if not check:
            (directory / name).write_bytes(content)
        elif not (directory / name).is_file() or (directory / name).read_bytes() != content:
            wrong.append(name)
    if wrong:
        sys.exit("not what net_decode_corpus.py makes: " + ", ".join(wrong))


if __name__ == "__main__":
    main()
