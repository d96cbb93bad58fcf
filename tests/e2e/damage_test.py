#!/usr/bin/env python3
"""A damaged file: all before the damage is delivered, its offset is told, and the exit code is 1."""
import re

from common import GOLDEN, Collector, Folder, contains, equal, need, replay, same_items, sip_of

PCAP_HEADER, RECORD_HEADER = 24, 16


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
        equal(f"{name}: offset in {done.err}", told and int(told.group(1)), offset)


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


def no_capture_at_all(folder):
    path = folder / "text.pcap"
    path.write_text("Dear collector,\n")
    contains("not a capture", replay(path, expect=1).err, "text.pcap")
    contains("missing file", replay(folder / "none.pcap", expect=69).err, "No such file")
    contains("a folder", replay(folder.name, expect=1).err, folder.name)
    path.write_bytes(b"")
    replay(path, expect=1)


def main():
    need("tshark")
    content = (GOLDEN / "us-le.pcap").read_bytes()
    messages = sip_of(GOLDEN / "us-le.pcap")
    truncated(content, messages)
    corrupt(content, messages)
    with Folder() as folder:
        no_capture_at_all(folder)


if __name__ == "__main__":
    main()
