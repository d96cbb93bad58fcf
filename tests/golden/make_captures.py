#!/usr/bin/env python3
"""Writes the golden captures: make_captures.py DIR. The same bytes every time.

demo.pcap is what `./dev demo` replays. file_formats() holds the SIP of demo.pcap in every file
format and link type that heptap reads, so each must give the same frames; what scenarios.py makes
holds it in whatever a mirror port wraps it in.
"""
import gzip
import pathlib
import sys

import calls
import frames
import scenarios

START_US = 1_767_607_200_000_000  # 2026-01-05 10:00:00 UTC


def beside_sip():
    """What else a mirror port shows: none of it is SIP."""
    start_ns = START_US * 1000
    rtp = bytes.fromhex("8008000100000140deadbeef") + b"\xd5" * 160
    arp = frames.MAC_B + frames.MAC_A + bytes.fromhex("080600010800060400010000")
    return [
        (start_ns, arp.ljust(60, b"\0")),
        (start_ns + 10**9, frames.ethernet(frames.udp(calls.ALICE, calls.PROXY, b"\r\n\r\n"))),
        (start_ns + 2 * 10**9, frames.ethernet(
            frames.udp(("192.0.2.10", 40000), ("198.51.100.20", 42000), rtp))),
        (start_ns + 3 * 10**9, frames.ethernet(
            frames.tcp(("192.0.2.10", 50000), ("192.0.2.1", 443), 1, b"\x16\x03\x01"))),
    ]


def wrapped(packets, link):
    return [(time_ns, link(packet)) for time_ns, packet in packets]


def two_interfaces(packets):
    """Every second packet on each: Ethernet in microseconds, cooked in nanoseconds."""
    return [(i % 2, time_ns, (frames.cooked if i % 2 else frames.ethernet)(packet))
            for i, (time_ns, packet) in enumerate(packets)]


def two_members(content):
    """gzip files are concatenated as they are; here within a record."""
    half = len(content) // 2
    return gzip.compress(content[:half], mtime=0) + gzip.compress(content[half:], mtime=0)


def file_formats():
    packets = scenarios.packets_of(calls.all_messages(START_US))
    plain = wrapped(packets, frames.ethernet)
    vlan, stacked = [(0x8100, 42)], [(0x88A8, 7), (0x8100, 42)]
    interfaces = [(frames.ETHERNET, 6), (frames.LINUX_SLL, 9)]
    ng = {order: frames.pcapng(two_interfaces(packets), interfaces, order) for order in "<>"}
    return {
        "demo.pcap": frames.pcap(sorted(plain + beside_sip(), key=lambda record: record[0])),
        "us-le.pcap": frames.pcap(plain),
        "us-be.pcap": frames.pcap(plain, order=">"),
        "ns-le.pcap": frames.pcap(plain, nanoseconds=True),
        "ns-be.pcap": frames.pcap(plain, order=">", nanoseconds=True),
        "us-le.pcap.gz": gzip.compress(frames.pcap(plain), mtime=0),
        "two-members.pcap.gz": two_members(frames.pcap(plain)),
        "two-interfaces-le.pcapng": ng["<"],
        "two-interfaces-be.pcapng": ng[">"],
        "two-interfaces-le.pcapng.gz": gzip.compress(ng["<"], mtime=0),
        "offset.pcapng": frames.pcapng([(0, *packet) for packet in packets], [(frames.RAW, 8)],
                                       offset_s=START_US // 10**6 - 86_400),
        "checksum.pcap": frames.pcap(wrapped(packets, frames.with_checksum)),
        "vlan.pcap": frames.pcap(wrapped(packets, lambda p: frames.ethernet(p, vlan))),
        "qinq.pcap": frames.pcap(wrapped(packets, lambda p: frames.ethernet(p, stacked))),
        "cooked.pcap": frames.pcap(wrapped(packets, frames.cooked), frames.LINUX_SLL),
        "cooked2.pcap": frames.pcap(wrapped(packets, frames.cooked2), frames.LINUX_SLL2),
        "raw.pcap": frames.pcap(packets, frames.RAW),
        "null.pcap": frames.pcap(wrapped(packets, frames.null), frames.NULL),
        "loop.pcap": frames.pcap(wrapped(packets, frames.loop), frames.LOOP),
    }


def wrapped_calls():
    """{name of the file: (records, messages)}"""
    found = {**scenarios.of_calls(START_US), **scenarios.of_stories(START_US)}
    return {f"{name}.pcap": content for name, content in found.items()}


def captures():
    return {**file_formats(),
            **{name: frames.pcap(records) for name, (records, _) in wrapped_calls().items()}}


def main():
    directory = pathlib.Path(sys.argv[1])
    for name, content in captures().items():
        (directory / name).write_bytes(content)


if __name__ == "__main__":
    main()
