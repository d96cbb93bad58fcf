#!/usr/bin/env python3
"""A damaged file: all before the damage is delivered, its offset is told, and the exit code is 1."""
import gzip
import random
import re
import struct

from common import (GOLDEN, HEPTAP, Collector, Folder, contains, equal, need, replay, run,
                    same_items, sip_of)

PCAP_HEADER, RECORD_HEADER = 24, 16
PACKET_BLOCK = 6


def record_ends(content):
    """Where each record of a little-endian pcap file ends."""
    ends, at = [], PCAP_HEADER
    while at < len(content):
        at += RECORD_HEADER + int.from_bytes(content[at + 8:at + 12], "little")
        ends.append(at)
    return ends


def check(name, content, want, offset):
    with Folder() as folder, Collector() as collector:
        path = folder / "damaged.pcap"
        path.write_bytes(content)
        done = replay(path, "--to", collector.url, expect=1)
        collector.stop()
        same_items(name, collector.messages(), want)
        told = re.search(r"damaged\.pcap: .*?\b(?:offset|byte) (\d+)", done.err)
        equal(f"{name}: an offset in {done.err}", told is not None, True)
        if offset is not None:
            equal(f"{name}: offset in {done.err}", int(told.group(1)), offset)


def blocks(content):
    """(type, start, end) of each block of a little-endian pcapng file."""
    found, at = [], 0
    while at < len(content):
        kind, size = struct.unpack_from("<II", content, at)
        found.append((kind, at, at + size))
        at += size
    return found


def truncated(content, messages):
    ends = record_ends(content)
    for whole in (0, 1, 7, len(ends) - 1):
        start = ends[whole - 1] if whole else PCAP_HEADER
        for cut in (1, RECORD_HEADER, ends[whole] - start - 1):
            check(f"cut {cut} bytes into record {whole}", content[:start + cut], messages[:whole],
                  start)


def corrupt(content, messages):
    ends = record_ends(content)
    broken = bytearray(content)
    broken[ends[9] + 8:ends[9] + 12] = b"\xff\xff\xff\x7f"  # the captured length
    check("an impossible length", bytes(broken), messages[:10], ends[9])
    check("zeros after a crash", content + bytes(4096), messages, len(content))


def damaged_blocks(content, messages):
    found = blocks(content)
    packets = 0
    for number, (kind, start, end) in enumerate(found):
        if number in (1, 2, 3, 12, 20, len(found) - 1):
            for cut in (1, 8, end - start - 1):
                check(f"cut {cut} bytes into block {number}", content[:start + cut],
                      messages[:packets], start)
            other_end = content[:end - 4] + struct.pack("<I", end - start + 4) + content[end:]
            check(f"two lengths of block {number}", other_end, messages[:packets], start)
        packets += kind == PACKET_BLOCK


def damaged_gzip(content, messages):
    """Where inflating stops is zlib's to say: what came is the beginning of what there is."""
    packed = gzip.compress(content, mtime=0)
    counts = set()
    with Folder() as folder:
        path = folder / "damaged.pcap.gz"
        for cut in (3, 20, len(packed) // 4, len(packed) // 2, len(packed) - 9, len(packed) - 1):
            path.write_bytes(packed[:cut])
            with Collector() as collector:
                done = replay(path, "--to", collector.url, expect=1)
                contains(f"gzip cut at {cut}", done.err, path.name)
                collector.stop()
                got = collector.messages()
            equal(f"gzip cut at {cut}", got, messages[:len(got)])
            counts.add(len(got))
    equal(f"all, none and some are delivered: {counts}",
          (min(counts), max(counts), len(counts) > 2), (0, len(messages), True))
    wrong_sum = packed[:-8] + bytes([packed[-8] ^ 1]) + packed[-7:]
    check("a wrong checksum of gzip", wrong_sum, messages, None)


def changed_by_chance(content):
    """Any bytes at all: no crash, no wrong sum. The seed is in the message."""
    with Folder() as folder:
        path = folder / "changed.pcap"
        for seed in range(40):
            chance, changed = random.Random(seed), bytearray(content)
            for _ in range(20):
                changed[chance.randrange(PCAP_HEADER, len(changed))] = chance.randrange(256)
            path.write_bytes(changed)
            done = run(HEPTAP, "replay", path)
            equal(f"seed {seed}: exit code is 0 or 1, with {done.err}", done.status in (0, 1), True)
            contains(f"seed {seed}", done.err, "  adds up")


def the_next_file_is_replayed(content):
    with Folder() as folder, Collector() as collector:
        path = folder / "damaged.pcap"
        path.write_bytes(content[:-1])
        replay(path, GOLDEN / "us-le.pcap", "--to", collector.url, expect=1)
        collector.stop()
        equal("messages of both files", len(collector.lines()), 29 + 30)


def nothing_is_sent_when_a_file_is_missing():
    with Folder() as folder, Collector() as collector:
        done = replay(GOLDEN / "us-le.pcap", folder / "none.pcap", "--to", collector.url, expect=69)
        contains("missing file", done.err, f"{folder / 'none.pcap'}: No such file")
        collector.stop()
        equal("frames sent before", collector.lines(), [])


def no_capture_at_all(folder):
    path = folder / "text.pcap"
    path.write_text("Dear collector,\n")
    contains("not a capture", replay(path, expect=1).err, "text.pcap")
    contains("missing file", replay(folder / "none.pcap", expect=69).err, "No such file")
    contains("a folder", replay(folder.name, expect=69).err, folder.name)
    path.write_bytes(b"")
    replay(path, expect=1)


def main():
    need("tshark")
    content = (GOLDEN / "us-le.pcap").read_bytes()
    messages = sip_of(GOLDEN / "us-le.pcap")
    truncated(content, messages)
    corrupt(content, messages)
    damaged_blocks((GOLDEN / "two-interfaces-le.pcapng").read_bytes(), messages)
    damaged_gzip(content, messages)
    changed_by_chance(content)
    the_next_file_is_replayed(content)
    nothing_is_sent_when_a_file_is_missing()
    with Folder() as folder:
        no_capture_at_all(folder)


if __name__ == "__main__":
    main()
