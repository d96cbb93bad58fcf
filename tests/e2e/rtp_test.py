#!/usr/bin/env python3
"""RTP in a capture that this script makes: its streams as reports under the Call-ID, with the figures
that tshark gives: rtp_test.py HEPTAP."""
import json
import pathlib
import random
import struct
import sys

from common import Collector, Folder, contains, dropped, equal, need, replay
from rtp_streams_test import tshark_streams

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "golden"))
from calls import Dialog, description  # noqa: E402
from frames import ethernet, pcap, udp  # noqa: E402

START_US = 1_700_000_000_000_000
A, B = "192.0.2.10", "198.51.100.20"
CALL_ID = "voice@a"
RTP_REPORT = 34  # payload type of HEP
SECONDS, PTIME_US = 25, 20_000
PACKETS = SECONDS * 1_000_000 // PTIME_US


def rtp(number, ssrc, payload=b"\xd5" * 160, payload_type=8, timestamp=None):
    timestamp = number * 160 if timestamp is None else timestamp
    return struct.pack("!BBHII", 0x80, payload_type, (65_000 + number) % 65_536, timestamp, ssrc) + \
        payload


def voice(source, destination, ssrc, start_us, lost=(), jitter_us=0):
    chance = random.Random(ssrc)
    for number in range(PACKETS):
        if number not in lost:
            late = chance.randrange(jitter_us) if jitter_us else 0
            yield (start_us + number * PTIME_US + late,
                   ethernet(udp(source, destination, rtp(number, ssrc))))


def key(source, destination, start_us):
    """The digit 5 in the place of the packets from the 100th on."""
    for step, rest in enumerate(("0a00a0", "8a0320", "8a0320", "8a0320")):
        event = bytes.fromhex("05" + rest)
        yield (start_us + (100 + step) * PTIME_US,
               ethernet(udp(source, destination, rtp(100 + step, 1, event, 101, 16_000))))


def packets():
    call = Dialog((A, 5060), (B, 5060), CALL_ID, "alice", "bob", START_US)
    call.request("INVITE", body=description(A, 40000))
    call.answer(200, "INVITE", body=description(B, 50000))
    call.request("ACK")
    start_us = call.now_us + 100_000
    there, back = ((A, 40000), (B, 50000)), ((B, 50000), (A, 40000))
    yield from voice(*there, 1, start_us, lost=(*range(100, 104), 300, 301, 777))
    yield from key(*there, start_us)
    yield from voice(*back, 2, start_us, jitter_us=9000)
    call.request("BYE", number=2, after_ms=SECONDS * 1000 + 500)
    call.answer(200, "BYE", number=2)
    for time, source, destination, text in call.messages:
        yield time, ethernet(udp(source, destination, text))


def reports_of(capture, folder, settings):
    config = folder / "heptap.yaml"
    config.write_text(settings)
    with Collector() as collector:
        done = replay(capture, "--to", collector.url, "--quiet", "-c", config)
        collector.stop()
        frames = [frame for frame in collector.lines() if frame["type"] == RTP_REPORT]
    return frames, done.ledger


def source_stage(ledger, name):
    return next(stage for stage in ledger["sources"] if stage["name"] == name)


def frame_of(report):
    """tshark's name of the stream of a report."""
    return f"{report['SRC_IP']}:{report['SRC_PORT']}>{report['DST_IP']}:{report['DST_PORT']} " \
           f"{report['SSRC'][2:]}"


def sends_reports(capture, folder):
    frames, ledger = reports_of(capture, folder, "rtp: {statistics: true}\n")
    values = [json.loads(frame["payload"]) for frame in frames]
    for frame, value in zip(frames, values):
        equal("the call", (frame["correlation_id"], value["CORRELATION_ID"]), (CALL_ID, CALL_ID))
        equal("the MOS of the frame", frame["mos"], round(value["MOS"] * 100))
        equal("the codec", value["CODEC_NAME"], "PCMA/8000")
    for party in (0, 1):
        mine = [value for value in values if value["PARTY"] == party]
        equal(f"reports of {party}", [value["TYPE"] for value in mine],
              ["PERIODIC", "PERIODIC", "HANGUP", "FINAL"])
        equal("periods are the whole", sum(value["TOTAL_PK"] for value in mine[:-1]),
              mine[-1]["TOTAL_PK"])
        equal("expected", mine[-1]["EXPECTED_PK"], PACKETS)
    equal("lost", [value["PACKET_LOSS"] for value in values if value["TYPE"] == "FINAL"], [3, 0])
    stage = source_stage(ledger, "rtp")
    equal("all RTP is in streams", stage["absorbed"], {"in_streams": 2 * PACKETS - 3})
    equal("a key was told", stage["dtmf"], 1)
    equal("reports on the ledger", source_stage(ledger, "rtp_reports")["left"], len(frames))
    return [value for value in values if value["TYPE"] == "FINAL"]


def agree_with_tshark(capture, finals):
    need("tshark")
    theirs = tshark_streams(capture)
    for value in finals:
        stream = theirs[frame_of(value)]
        equal("packets", value["TOTAL_PK"], int(stream["packets"]))
        equal("lost", value["PACKET_LOSS"], int(stream["lost"]))
        equal("delta", f"{value['MAX_DELTA']:.3f}", stream["max_delta"])
        if value["PARTY"] == 0:
            continue  # events disturb tshark's reference: see rtp_streams_exceptions.tsv
        equal("mean jitter", f"{value['MEAN_JITTER']:.3f}", stream["mean_jitter"])
        equal("jitter", f"{value['MAX_JITTER']:.3f}", stream["max_jitter"])


def options(capture, folder):
    frames, _ = reports_of(capture, folder, "rtp: {statistics: true, interval: 0}\n")
    equal("one report each", [json.loads(frame["payload"])["TYPE"] for frame in frames],
          ["FINAL", "FINAL"])
    frames, ledger = reports_of(capture, folder, "rtcp: {send: true}\n")
    equal("no report unless it is asked for", frames, [])
    contains("it is on the ledger", dropped(ledger, "classify"), "rtp")
    frames, ledger = reports_of(capture, folder, "rtp: {statistics: true}\nsip: {ports: 1, "
                                "detect: ports}\n")
    equal("no report without the call", frames, [])
    equal("why", source_stage(ledger, "rtp_reports")["dropped"], {"unknown_address": 2})


def main():
    with Folder() as folder:
        capture = folder / "voice.pcap"
        capture.write_bytes(pcap([(us * 1000, frame) for us, frame in sorted(packets())]))
        finals = sends_reports(capture, folder)
        options(capture, folder)
        agree_with_tshark(capture, finals)


if __name__ == "__main__":
    main()
