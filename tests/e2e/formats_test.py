#!/usr/bin/env python3
"""Every file format and link type gives the same frames, the ones that tshark sees."""
import sys

from common import GOLDEN, Collector, need, replay, same_items, sip_of

sys.path.insert(0, str(GOLDEN))
import make_captures  # noqa: E402


def check(name, arguments, want, stdin=None):
    for carrier in ("udp", "tcp"):
        with Collector(f"{carrier}://127.0.0.1:0") as collector:
            replay(*arguments, "--to", collector.url, "--quiet", stdin=stdin)
            collector.stop()
            same_items(f"{name} over {carrier}", collector.messages(), want)


def main():
    need("tshark")
    want = sip_of(GOLDEN / "demo.pcap")
    captures = [GOLDEN / name for name in make_captures.file_formats()]
    assert len(captures) >= 15 and len(want) == 30
    for capture in sorted(captures):
        check(capture.name, [capture], want)
        check(capture.name + " on stdin", ["-"], want, stdin=capture.read_bytes())
    check("two files", [GOLDEN / "us-le.pcap", GOLDEN / "raw.pcap"], want * 2)


if __name__ == "__main__":
    main()
