#!/usr/bin/env python3
"""A bad network before the collector: late, slow, stalled, and cut in the middle of a frame. Over TCP and
TLS nothing is lost, with a spool and without; over UDP the ledger has what was handed over. Memory stays
within its caps. impaired_collector_test.py HEPTAP IMPAIRMENT_RELAY

HEPTAP_MESSAGES: how many, default 12,000; HEPTAP_LINE_BYTES: a second on the line, default 4,000,000 (1 Mbit/s
is 125000)."""
import contextlib
import json
import os
import pathlib
import re
import socket
import sys
import threading
import time

import hep3
from certificates import Authority
from common import HEPTAP, Folder, Process, equal, eventually, free_port, is_sanitized
from impairment_relay import ImpairmentRelay
from spool_scene import Sink, make_capture

RELAY = sys.argv[2]
MESSAGES = int(os.environ.get("HEPTAP_MESSAGES", "12000"))
LINE_BYTES = int(os.environ.get("HEPTAP_LINE_BYTES", "4000000"))
# A reset loses what is in the relay, which has acknowledged it: a MiB at most.
RESEND, RESET_AFTER = ", resend_bytes: 1MiB", 1_900_000
IMPAIRMENTS = ("--delay-ms", 200, "--bytes-per-second", LINE_BYTES, "--stall-after-ms", 300,
               "--stall-ms", 1000, "--reset-after-bytes", RESET_AFTER)
LOSSES = ("--drop", 0.05, "--duplicate", 0.05, "--reorder", 0.05, "--reorder-ms", 20, "--seed", 5)
RING_MIB = 2
SPOOL_MIB = 20 + 8 + 4  # frames on their way to disk, and from there; blocks as they are made
SLACK_MIB = 8
CONFIG = """
collectors: [{{url: "{url}"{more}}}]
replay: {{ring: {ring}MiB, wait: {wait}}}
"""


class Scene:
    def __init__(self, folder):
        self.folder, self.capture, self.config = folder, folder / "c.pcap", folder / "heptap.yaml"
        make_capture(self.capture, MESSAGES)
        self.one = folder / "one.pcap"
        make_capture(self.one, 1)
        authority = Authority(pathlib.Path(folder.name), "authority")
        self.certificate = authority.issue("IP:127.0.0.1")
        self.tls = f', ca: "{authority.certificate}"'
        with Sink(free_port()) as sink:
            self.peak_mib = self.replay(sink.url, RESEND)[1]
            self.expected = sink.frames()
        equal("frames of the baseline", len(set(self.expected)), MESSAGES)

    def replay(self, url, more, *flags, capture=None, wait="60s", limit_s=1800):
        """gives   its ledger, and the most memory it had"""
        self.config.write_text(CONFIG.format(url=url, more=more, ring=RING_MIB, wait=wait))
        path = self.folder / "ledger.json"
        with Process(HEPTAP, "replay", capture or self.capture, "-c", self.config, "--ledger-json", path,
                     *flags) as process:
            until, peak = time.monotonic() + limit_s, 0
            while not process.ended() and time.monotonic() < until:
                peak = max(peak, peak_mib(process.process.pid))
                time.sleep(0.005)
            equal("exit code, it said " + process.err[-2000:], process.process.poll(), 0)
        ledger = json.loads(path.read_text())
        equal("ledger adds up", ledger["adds_up"], True)
        return ledger, peak


def peak_mib(pid):
    """0 when it has none any more."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        with open(f"/proc/{pid}/status", encoding="ascii") as status:
            found = re.search(r"VmHWM:\s+(\d+) kB", status.read())
            return int(found.group(1)) / 1024 if found else 0
    return 0


def spooled(row):
    return row.get("absorbed", {}).get("spooled", 0)


def address(port):
    return f"127.0.0.1:{port}"


def stream(scene, tls, spool):
    what = ("TLS" if tls else "TCP") + (" with a spool" if spool else "")
    front, back = free_port(), free_port()
    url = f"{'tls' if tls else 'tcp'}://{address(front)}"
    flags = ("--spool", scene.folder / f"spool-{tls}") if spool else ()
    with Sink(back, certificate=scene.certificate if tls else None) as sink, \
            ImpairmentRelay(RELAY, "--tcp", address(front), address(back), *IMPAIRMENTS) as relay:
        begin = time.monotonic()
        ledger, peak = scene.replay(url, RESEND + (scene.tls if tls else ""), *flags)
        took = time.monotonic() - begin
        arrived = sink.frames()  # each is accounted for by the collector's end of its connection
        account = relay.account()["tcp"][0]
    equal(f"{what}: the frames, and none missing", MESSAGES - len(set(arrived)), 0)
    equal(f"{what}: whole frames, and no others", set(arrived) == set(scene.expected), True)
    equal(f"{what}: connections were cut", account["resets"] > 0, True)
    row = ledger["collectors"][0]
    unknown = [one.get("not_closed", 0) + one["held"] for one in ledger["collectors"] + ledger["spools"]]
    equal(f"{what}: nobody's end is unknown", sum(unknown), 0)
    resent = row.get("resent", 0) + sum(one.get("resent", 0) for one in ledger.get("spools", []))
    twice = len(arrived) - MESSAGES
    equal(f"{what}: {twice} came twice, and {resent} were sent again", twice <= resent, True)
    most = scene.peak_mib + SLACK_MIB + (SPOOL_MIB if spool else 0)
    print(f"{what}: {MESSAGES} messages in {took:.1f} s, {account['resets']} resets, {twice} twice, "
          f"{resent} sent again; {spooled(row)} spooled; {peak:.0f} MiB of at most {most:.0f}",
          flush=True)
    equal(f"{what}: memory", peak <= most or is_sanitized(), True)


def goes_away(scene):
    """While it takes nothing and the ring is full: what it has not taken is in the spool, and the next run
    brings it."""
    front, back = free_port(), free_port()
    url, spool = f"tcp://{address(front)}", ("--spool", scene.folder / "spool-away")
    with Sink(back, reads=False) as sink:
        with ImpairmentRelay(RELAY, "--tcp", address(front), address(back)) as relay:
            ends = threading.Timer(2, relay.process.kill)
            ends.start()
            ledger, peak = scene.replay(url, RESEND, *spool, wait="5s")
            ends.join()
        sink.read()
        with ImpairmentRelay(RELAY, "--tcp", address(front), address(back)):
            scene.replay(url, RESEND, *spool, capture=scene.one)
        eventually("all arrives", lambda: len(set(sink.frames())) >= MESSAGES)
        equal("the frames", set(sink.frames()) == set(scene.expected), True)
    row = ledger["collectors"][0]
    equal("some were spooled", spooled(row) > 0, True)
    equal("none is lost", row["lost"], {})
    print(f"gone for good: {row['sent']} sent, {spooled(row)} spooled; {peak:.0f} MiB")


class Datagrams(threading.Thread):
    """All that come to a port."""

    def __init__(self):
        super().__init__(daemon=True)
        self.got, self.socket = [], socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.start()

    def run(self):
        while True:
            self.got.append(self.socket.recv(65_536))


def datagrams(scene):
    front, back, sink = (free_port(socket.SOCK_DGRAM), free_port(socket.SOCK_DGRAM), Datagrams())
    with ImpairmentRelay(RELAY, "--udp", address(front), address(back), address(sink.port),
                         *LOSSES) as relay:
        ledger, _ = scene.replay(f"udp://{address(front)}", "", "--speed", 2)
        account = relay.account()["udp"][0]["forward"]
    eventually("what the relay has sent arrives", lambda: len(sink.got) >= account["sent"])
    row = ledger["collectors"][0]
    equal("UDP: what the ledger has as sent", row["sent"], MESSAGES)
    overflowed = MESSAGES - account["received"]  # the relay's socket, on a busy machine
    equal("UDP: no more came to the relay", overflowed >= 0, True)
    equal("UDP: each is a frame", set(sink.got) <= set(scene.expected), True)
    equal("UDP: what is missing", MESSAGES - len(set(sink.got)), account["dropped"] + overflowed)
    equal("UDP: what came twice", len(sink.got) - len(set(sink.got)), account["duplicated"])
    equal("UDP: what a datagram holds", {hep3.frame_size(one) - len(one) for one in sink.got}, {0})
    print(f"UDP: {row['sent']} sent, {account['dropped'] + overflowed} dropped and {account['reordered']} reordered by "
          "the network, which the ledger cannot know")


def main():
    with Folder() as folder:
        scene = Scene(folder)
        print(f"{scene.peak_mib:.0f} MiB on a good network")
        for tls in (False, True):
            for spool in (False, True):
                stream(scene, tls, spool)
        goes_away(scene)
        datagrams(scene)


if __name__ == "__main__":
    main()
