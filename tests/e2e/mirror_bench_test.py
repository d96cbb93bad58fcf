#!/usr/bin/env python3
"""The bench of the live tests itself: what sipp sends comes by the mirror port once, whole and in
order, whatever it is wrapped in: mirror_bench_test.py HEPTAP FRAME_WRAPPER.

tcpdump records the mirror port, `heptap replay` finds the messages in the recording, and tshark as
many of each call.
"""
from collections import Counter

from common import Folder, equal, need, tshark
from live_traffic import traffic
from mirror_bench import MirrorBench, messages_of
from sipp_calls import call_id, calls, faults, must_be_same

# Which tag is missing in front of a filter in the kernel, and is in the recording again.
TAGS = [("vlan", "ip", "8100 002a 0800"),
        ("qinq", "ether[12:2] = 0x8100 and ether[16:2] = 0x0800", "88a8 0007 8100 002a 0800")]


def everything_comes_once(bench, folder):
    with bench.recorded(folder / "mirror.pcap"):
        want = traffic(bench)
    got = messages_of(folder / "mirror.pcap")
    must_be_same("the recording", got, want)
    seen = tshark(folder / "mirror.pcap", "sip", "sip.Call-ID", occurrence="a")
    names = ",".join(row[0] for row in seen).split(",")
    equal("messages of each call, says tshark", Counter(names), Counter(map(call_id, want)))
    return got, want


def differences_are_seen(got, want):
    """Without this the test above might prove nothing."""
    first = got[0]
    for what, other in (("nothing", []), ("one is lost", got[1:]),
                        ("one comes twice", [*got, first]),
                        ("two swap places", [got[1], first, *got[2:]]),
                        ("a byte", [first._replace(payload=first.payload + b"."), *got[1:]]),
                        ("an address", [first._replace(source="10.44.0.9"), *got[1:]]),
                        ("a port", [first._replace(source_port=9), *got[1:]]),
                        ("a call too much", [*got, first._replace(payload=b"OPTIONS")])):
        equal(f"the difference is seen: {what}", bool(faults(other, want)), True)


def kernel_takes_tags_out(bench, folder):
    for wrapping, kernel_filter, tags in TAGS:
        path = folder / f"{wrapping}.pcap"
        with bench.wrapped(wrapping), bench.recorded(path, kernel_filter):
            want = calls(bench)
        must_be_same(f"{wrapping} behind the filter {kernel_filter}", messages_of(path), want)
        equal(f"{wrapping} in the recording", bytes.fromhex(tags) in path.read_bytes(), True)


def mirror_comes_back(bench, folder):
    bench.remove_mirror()
    bench.add_mirror()
    with bench.recorded(folder / "again.pcap"):
        want = calls(bench)
    must_be_same("a new mirror port", messages_of(folder / "again.pcap"), want)


def main():
    need("tshark")
    with MirrorBench() as bench, Folder() as folder:
        got, want = everything_comes_once(bench, folder)
        differences_are_seen(got, want)
        kernel_takes_tags_out(bench, folder)
        mirror_comes_back(bench, folder)
    print(f"{len(want)} messages, each once and in order")


if __name__ == "__main__":
    main()
