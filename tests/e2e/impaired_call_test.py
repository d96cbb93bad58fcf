#!/usr/bin/env python3
"""A call by sipp through a bad network: what heptap says of its RTP is what the network did to it,
on either side of it: impaired_call_test.py HEPTAP IMPAIRMENT_RELAY."""
import pathlib
import sys
from collections import namedtuple

from common import Folder, equal, need, skip, tshark
from media_bench import MediaBench, captured
from sipp_media import BACK, FRONT, OWN_MEDIA, call

RELAY = sys.argv[2]
SPEECH = pathlib.Path("/usr/share/sip-tester/g711a.pcap")
JITTER_MS = 12
# The mean of what two even jitters differ by is a third of their limit.
LIKELY_JITTER_MS = (JITTER_MS / 3 * 0.6, JITTER_MS / 3 * 1.4)
CASES = {
    "loss, delay and jitter": ("--drop", 0.06, "--delay-ms", 40, "--jitter-ms", JITTER_MS, "--seed",
                               3),
    "copies and disorder": ("--drop", 0.03, "--duplicate", 0.05, "--reorder", 0.05, "--reorder-ms",
                            70, "--seed", 5),
}
BEFORE, BEHIND = (OWN_MEDIA["caller"], FRONT), (BACK, OWN_MEDIA["callee"])
Counts = namedtuple("Counts", "packets lost late")


def counts_of(recording, flow):
    """By the sequence numbers that tshark has; sipp's begin far below their end."""
    numbers = [int(row[4]) for row in tshark(recording, "rtp", "ip.src", "udp.srcport", "ip.dst",
                                             "udp.dstport", "rtp.seq")
               if ((row[0], int(row[1])), (row[2], int(row[3]))) == flow]
    unique = list(dict.fromkeys(numbers))
    late = sum(number < max(unique[:at], default=0) for at, number in enumerate(unique))
    return len(numbers), Counts(len(unique), max(unique) - min(unique) + 1 - len(unique), late)


def counts_in(report):
    return Counts(report["TOTAL_PACKETS"], report["TOTAL_PACKET_LOSS"], report["OUT_ORDER"])


def check(what, impairments):
    with MediaBench() as bench, Folder() as folder:
        with captured(bench, folder, "rtp: {statistics: true, interval: 2s}\n") as got:
            account = call(bench, RELAY, *impairments)
        sent, behind = counts_of(got.recording, BEHIND)
        _, before = counts_of(got.recording, BEFORE)
    equal(f"{what}: what the network says and tshark sees",
          (sent, behind.packets, behind.lost),
          (account["sent"], account["sent"] - account["duplicated"], account["dropped_inside"]))
    equal(f"{what}: something was lost", behind.lost > 0, True)
    reports = got.whole_stream(*BEFORE), got.whole_stream(*BEHIND)
    equal(f"{what}: before the network", counts_in(reports[0]), before)
    equal(f"{what}: behind it", counts_in(reports[1]), behind)
    for report in reports:
        print({key: report.get(key) for key in ("TOTAL_PACKETS", "TOTAL_PACKET_LOSS", "OUT_ORDER",
                                                "MEAN_JITTER", "MAX_JITTER", "MAX_DELTA", "MOS")})
    return reports


def main():
    need("sipp", "tshark")
    if not SPEECH.exists():
        skip(f"no {SPEECH}")
    for what, impairments in CASES.items():
        before, behind = check(what, impairments)
        equal(f"{what}: MOS", behind["MOS"] < before["MOS"], True)
        equal(f"{what}: good before", 4 < before["MOS"] < 4.5, True)
        if "--jitter-ms" in impairments:
            low, high = LIKELY_JITTER_MS
            equal(f"jitter {behind['MEAN_JITTER']}", low <= behind["MEAN_JITTER"] <= high, True)
            equal("the most of it", behind["MAX_JITTER"] <= JITTER_MS, True)
            equal("jitter before", before["MEAN_JITTER"] < behind["MEAN_JITTER"], True)


if __name__ == "__main__":
    main()
