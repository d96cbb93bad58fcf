#!/usr/bin/env python3
"""SRTCP in captures that this script makes: no number that is encrypted leaves, and everything is on the
ledger and in the report of its call: srtcp_test.py HEPTAP VECTORS."""
import hashlib
import json
import pathlib
import struct
import sys

from common import Folder, contains, dropped, equal, replay
from rtcp_capture import SSRC, START_US, capture, datagram, description, replayed, sender_report

from calls import Dialog  # of tests/golden, as rtcp_capture has it

VECTORS = json.loads(pathlib.Path(sys.argv[2]).read_text())
A, B = "192.0.2.10", "198.51.100.20"
A_TO_B, B_TO_A = ((A, 40001), (B, 50001)), ((B, 50001), (A, 40001))
LOG = 100
LOST = 6
INDEXES = [index for index in range(1, 14) if index != LOST]
CONFIG = "rtcp: {send: true}\ncalls: {report: true}\n"
LINE = "A SRTCP     192.0.2.10:40001 -> 198.51.100.20:50001, SSRC 0x11223344, 12 packets, 1 lost"


def encrypted(index):
    """A sender report with a description: eight bytes in clear, then what looks like anything, the
    index, and a tag of 80 bits."""
    plain = sender_report()
    noise = hashlib.shake_256(b"srtcp %d" % index).digest(len(plain) - 8 + 10)
    return plain[:8] + noise[10:] + struct.pack("!I", 1 << 31 | index) + noise[:10]


def call(profile, reports, line=""):
    """Its packets; reports are (ends, datagram), five seconds apart."""
    def body(host, port):
        return description(host, f"m=audio {port} {profile} 0", *filter(None, [line]))
    dialog = Dialog((A, 5060), (B, 5060), "one@a", "alice", "bob", START_US)
    dialog.request("INVITE", body=body(A, 40000))
    dialog.answer(200, "INVITE", body=body(B, 50000))
    dialog.request("ACK")
    media = [(dialog.now_us + 5_000_000 * (i + 1), *ends, payload)
             for i, (ends, payload) in enumerate(reports)]
    dialog.now_us = media[-1][0]
    dialog.request("BYE", number=2)
    dialog.answer(200, "BYE", number=2)
    return [(time * 1000, datagram(*rest)) for time, *rest in dialog.messages + media]


def told(done):
    """What the report of the call says of SRTCP."""
    [frame] = done.of_type(LOG)
    report = json.loads(frame["payload"])
    equal("no figures of RTCP in the report", "rtcp" in report, bool(done.reports()))
    return {one["from"]: (one["packets"], one.get("lost"), one.get("index"), one["is_encrypted"])
            for one in report["srtcp"]}


def is_counted(folder):
    """By SDP, and by the index alone, where the first datagram proves nothing yet."""
    reports = [(A_TO_B, encrypted(index)) for index in INDEXES]
    for profile, counts in (("RTP/SAVP", {"rtcp_encrypted": 12}),
                            ("UDP/TLS/RTP/SAVPF", {"rtcp_encrypted": 12}),
                            ("RTP/AVP", {"rtcp_encrypted": 11, "rtcp_unproven": 1})):
        packets = call(profile, reports)
        done = replayed(folder, "counted", packets, CONFIG)
        equal(f"{profile}: reports that leave", done.reports(), [])
        equal(f"{profile}: the ledger", dropped(done.ledger, "correlate"), counts)
        equal(f"{profile}: the report of the call", told(done), {"caller": (12, 1, 13, True)})
        path = folder / "text.pcap"
        path.write_bytes(capture(packets))
        contains(f"{profile}: the text", replay("--quiet", path).out, LINE)
        [printed] = json.loads(replay("--quiet", "--json", path).out)["calls"]
        equal(f"{profile}: as JSON", [one["lost"] for one in printed["srtcp"]], [1])


def is_read(folder):
    """A trailer behind a body in clear, and the same body without one."""
    clear = [(A_TO_B, bytes.fromhex(VECTORS["S03"])), (B_TO_A, sender_report(SSRC + 1))]
    crypto = "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x UNENCRYPTED_SRTCP"
    done = replayed(folder, "read", call("RTP/SAVP", clear, crypto), CONFIG)
    equal("reports", [json.loads(frame["payload"])["ssrc"] for frame in done.reports()],
          [SSRC, SSRC + 1])
    equal("nothing is dropped", dropped(done.ledger, "correlate"), {})
    equal("the trailer is in the report", told(done), {"caller": (1, 0, 3, False)})


def is_not_believed(folder):
    """What a standard's own ciphers made, and what walks as RTCP where SDP says that it cannot be."""
    ids = ("S01", "S02", "S04", "S05")
    reports = [(A_TO_B, bytes.fromhex(VECTORS[name])) for name in ids]
    done = replayed(folder, "vectors", call("RTP/SAVP", reports), CONFIG)
    equal("no vector leaves", done.reports(), [])
    equal("vectors on the ledger", dropped(done.ledger, "correlate"), {"rtcp_encrypted": 4})
    done = replayed(folder, "walks", call("RTP/SAVP", [(A_TO_B, sender_report())]), CONFIG)
    equal("what walks does not leave", done.reports(), [])
    equal("it is on the ledger", dropped(done.ledger, "correlate"), {"rtcp_encrypted": 1})
    equal("it has no index", told(done), {"caller": (1, None, None, True)})


def main():
    with Folder() as folder:
        is_counted(folder)
        is_read(folder)
        is_not_believed(folder)


if __name__ == "__main__":
    main()
