#!/usr/bin/env python3
"""`./dev demo` shows the calls of the bundled capture, which came over a real TCP connection."""
from common import GOLDEN, HEPTAP, contains, equal, run


def main():
    done = run("sh", GOLDEN.parent / "e2e" / "demo.sh", HEPTAP, GOLDEN / "demo.pcap",
               GOLDEN / "media.pcap")
    equal("exit code, with " + done.err, done.status, 0)
    contains("the demo's output", done.out, "a1b2-answered@192.0.2.10")
    contains("the demo's output", done.out, "\n6 calls\n")
    contains("what is known of a call", done.out, "    timing      SRD 300 ms")
    contains("its losses", done.out, "8 lost (2.00 %, bad)")
    contains("its quality", done.out, "MOS-LQ 4.23 (good)")
    contains("what its ends report", done.out, "RTT mean 24.0 max 24.0 ms")
    contains("its ladder", done.out, "|- INVITE (audio PCMA) -")
    contains("media in its ladder", done.out, "|= RTP audio PCMA 392 packets MOS 4.23 ==>|")
    contains("the demo's ledger", done.err, "30 = 30 sent")
    equal("ledgers that add up", (done.out + done.err).count("adds up"), 2)


if __name__ == "__main__":
    main()
