#!/usr/bin/env python3
"""SIP that comes by HEP takes part as if it had been captured: `heptap run` has the KPIs and the reports
of calls that a replay of the same capture has, and passes on what came as before."""
import contextlib
import ipaddress
import json
import os
import socket
import struct
import time
import urllib.request

from common import (GOLDEN, HEPTAP, SIP, Collector, Folder, Process, contains, equal, eventually,
                    free_port, replay, skip)
from metrics import families_of, value
from rtcp_capture import Sip, audio, capture, description

LOG, UDP = 100, 17  # payload type of HEP, protocol of IP
SESSIONS = ("requests", "answered", "completed", "effective", "user", "cancelled")
RATIOS = ("ser", "seer", "scr", "asr", "ner")
TIMES = ("srd", "srd_failed", "srd_cancelled", "pdd", "sdd", "sdt")
METHODS = ("INVITE", "CANCEL", "BYE", "REGISTER", "OPTIONS")
ALICE, BOB = ("192.0.2.10", 5060), ("192.0.2.20", 5060)
CONFIG = """
collectors: [{{url: "{collector}"}}]
hep: [{{listen: "udp://127.0.0.1:{udp}"}}, {{listen: "tcp://127.0.0.1:{tcp}"}}]
kpi: {{enabled: {kpi}}}
calls: {{report: {report}}}
http: {{listen: "127.0.0.1:{http}"}}
security: {{user: nobody}}
{more}
"""


class Center(Process):
    """`heptap run` that agents send to."""

    def __init__(self, folder, collector, kpi="true", report="true", more=""):
        self.ports = {"udp": free_port(socket.SOCK_DGRAM), "tcp": free_port()}
        self.http = free_port()
        config = folder / "center.yaml"
        config.write_text(CONFIG.format(collector=collector.url, http=self.http, kpi=kpi,
                                        report=report, more=more, **self.ports))
        super().__init__(HEPTAP, "run", "-c", config)
        first = "heptap_sip_" if kpi == "true" else "heptap_"
        eventually("it serves metrics", lambda: first in self.page() or self.ended())
        equal("heptap run has ended, which said " + self.err, self.ended(), False)

    def url(self, carrier):
        return f"{carrier}://127.0.0.1:{self.ports[carrier]}"

    def page(self):
        with contextlib.suppress(OSError):
            url = f"http://127.0.0.1:{self.http}/metrics"
            with urllib.request.urlopen(url, timeout=5) as answer:
                return answer.read().decode()
        return ""

    def families(self):
        return families_of(self.page())


def shown(families):
    """What a page says of SIP, in the words of a replay."""
    def number(name, part="", **labels):
        family = families.get("heptap_sip_" + name)
        if family is None:
            return None
        return value(family, family.name + part if part else None, carrier="default", **labels)
    found = {}
    for mode in ("collapsed", "strict"):
        for word in SESSIONS:
            found[mode, word] = number("session_" + word, mode=mode)
        for ratio in RATIOS:
            found[mode, ratio] = round((number(ratio + "_ratio", mode=mode) or 0) * 100, 3)
    for method in METHODS:
        found[method] = number("requests", method=method)
        found[method, "again"] = number("retransmissions", method=method)
    for series in TIMES:
        found[series] = number(series + "_seconds", "_count")
    return found


def wanted(total):
    found = {}
    for mode in ("collapsed", "strict"):
        for word in SESSIONS + RATIOS:
            found[mode, word] = total["sessions"][mode][word]
    for method in METHODS:
        found[method] = total["methods"][method]["requests"]
        found[method, "again"] = total["methods"][method]["retransmissions"]
    for series in TIMES:
        found[series] = total["times"][series]["count"]
    return found


def printed(path):
    return json.loads(replay(path, "--json", "--quiet").out)


def must_agree(center, want):
    """Of a call that failed it is known a while later that nobody tries again."""
    key = "collapsed", "requests"
    requests = sum(method["requests"] for method in want["methods"].values())
    eventually("all has come", lambda: requests == sum(
        sample.value for sample in center.families()["heptap_sip_requests"].samples
        if sample.name == "heptap_sip_requests_total"))
    eventually("all sessions have ended",
               lambda: shown(center.families())[key] == want["sessions"]["collapsed"]["requests"])
    equal("KPIs", shown(center.families()), wanted(want))


def hurried(folder, path, times):
    """The same capture, in which everything comes so many times as fast."""
    old, at = path.read_bytes(), 24
    new, first = bytearray(old[:at]), None
    while at < len(old):
        seconds, micros, size = struct.unpack_from("<III", old, at)
        now = seconds * 1_000_000 + micros
        first = now if first is None else first
        now = first + (now - first) // times
        new += struct.pack("<II", *divmod(now, 1_000_000)) + old[at + 8:at + 16 + size]
        at += 16 + size
    (folder / path.name).write_bytes(new)
    return folder / path.name


def same_as_replay(folder, carrier):
    path = hurried(folder, GOLDEN / "demo.pcap", 10)
    known = printed(path)
    with Collector() as collector, Center(folder, collector) as center:
        sent = replay(path, "--to", center.url(carrier), "--speed", 1,
                      "--time", "now").ledger["stages"][-1]["left"]
        must_agree(center, known["kpi"]["total"])
        families = center.families()
        equal("calls", value(families["heptap_sip_calls_tracked"]), known["counts"]["calls"])
        center.stop()
        contains("the ledger", center.err, "adds up")
        collector.stop()
        frames = collector.lines()
    equal("messages that were passed on", sum(frame["type"] == SIP for frame in frames), sent)
    reported = {frame["correlation_id"] for frame in frames if frame["type"] == LOG}
    equal("calls that were reported", reported,
          {call["call_id"] for call in known["calls"] if call["opened_by"] == "INVITE"})


def times_as_they_were(folder):
    """When the frames come as the messages did, their times are those of the messages."""
    path = GOLDEN / "media.pcap"
    [call] = printed(path)["calls"]
    with Collector() as collector, Center(folder, collector) as center:
        replay(path, "--to", center.url("tcp"), "--speed", 1, "--time", "now")
        center.stop()
        collector.stop()
        [report] = [json.loads(frame["payload"]) for frame in collector.lines()
                    if frame["type"] == LOG]
    of_sip = {name: ms for name, ms in call["timing"].items() if "_media_" not in name}
    equal("times of the call", report["timing"], of_sip)


def nobody_asked(folder):
    """Neither KPIs nor reports without their options."""
    with Collector() as collector, Center(folder, collector, "false", "false") as center:
        sent = replay(GOLDEN / "demo.pcap", "--to", center.url("tcp")).ledger["stages"][-1]["left"]
        eventually("all is passed on", lambda: len(collector.lines()) >= sent)
        equal("families of KPIs", [name for name in center.families() if "_sip_" in name], [])
        center.stop()
        collector.stop()
        equal("frames", [frame["type"] for frame in collector.lines()], [SIP] * sent)


def chunk(kind, content):
    return struct.pack("!HHH", 0, kind, 6 + len(content)) + content


def frame_of(payload, source=ALICE, destination=BOB, seconds=None, micros=0):
    seconds = int(time.time()) if seconds is None else seconds
    body = chunk(1, b"\x02") + chunk(2, bytes([UDP])) + \
        chunk(3, ipaddress.ip_address(source[0]).packed) + \
        chunk(4, ipaddress.ip_address(destination[0]).packed) + \
        chunk(7, struct.pack("!H", source[1])) + chunk(8, struct.pack("!H", destination[1])) + \
        chunk(9, struct.pack("!I", seconds)) + chunk(10, struct.pack("!I", micros)) + \
        chunk(11, bytes([SIP])) + chunk(12, struct.pack("!I", 7)) + chunk(15, payload)
    return b"HEP3" + struct.pack("!H", 6 + len(body)) + body


def invite(number, extra=""):
    return (f"INVITE sip:b@a SIP/2.0\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK{number}\r\n"
            f"From: <sip:a@a>;tag=a\r\nTo: <sip:b@a>\r\nCall-ID: hostile{number}\r\n"
            f"CSeq: 1 INVITE\r\n{extra}\r\n").encode()


def hostile(folder):
    """What is no SIP goes on and is counted; what has a wrong clock is in no KPI."""
    now = int(time.time())
    garbage = [b"\0" * 60_000, b"INVITE", b"\xff" * 9, b"INVITE sip:b@a SIP/2.0\r\n" + b"x" * 60_000]
    far = [frame_of(invite(1), seconds=second) for second in (0, 2**32 - 1)]
    fast = [frame_of(invite(100 + number), seconds=now + 300) for number in range(200)]
    copies = [frame_of(invite(2), seconds=now, micros=micros) for micros in (1, 4000)]
    cut = frame_of(invite(3, "Content-Length: 4000000000\r\nContent-Type: application/sdp\r\n"))
    frames = [frame_of(payload) for payload in garbage] + far + fast + copies + [cut]
    with Collector() as collector, Center(folder, collector) as center:
        with socket.create_connection(("127.0.0.1", center.ports["tcp"])) as agent:
            agent.sendall(frame_of(invite(0), seconds=now - 2) + b"".join(frames))
            eventually("all is passed on", lambda: len(collector.lines()) > len(frames))
        tracked = "heptap_sip_calls_tracked"
        eventually("calls are followed", lambda: value(center.families()[tracked]) == 3)
        timed_out = center.families()["heptap_sip_session_timed_out"]
        equal("calls that have timed out", value(timed_out, carrier="default", mode="strict"), 0)
        center.stop()
        contains("the ledger", center.err, f"{len(frames) + 1} = {len(frames) + 1} left   "
                 f"(202 time_far, 1 sip_copy, {len(garbage)} sip_unread)")
        contains("the ledger", center.err, "adds up")
        collector.stop()
        payloads = [frame["type"] for frame in collector.lines()]
    equal("frames that were passed on", payloads.count(SIP), len(frames) + 1)


def signalling(folder, ports):
    """The two halves of a call, whose media are on this host: its beginning, and its end."""
    begins, ends = Sip(), Sip()
    for sip, side in ((begins, 0), (ends, 1)):
        sip.wait(side * 10)
        sip.now_us += 1
    there, back = (ALICE, BOB), (BOB, ALICE)
    offer, answer = (description("127.0.0.1", audio(port)) for port in ports)
    begins.say(there, "INVITE sip:b@a SIP/2.0", "media@a", "1 INVITE", body=offer)
    begins.say(back, "SIP/2.0 200 OK", "media@a", "1 INVITE", ("a", "b"), body=answer)
    begins.say(there, "ACK sip:b@a SIP/2.0", "media@a", "1 ACK", ("a", "b"))
    ends.say(there, "BYE sip:b@a SIP/2.0", "media@a", "2 BYE", ("a", "b"))
    ends.say(back, "SIP/2.0 200 OK", "media@a", "2 BYE", ("a", "b"))
    for name, sip in (("begins", begins), ("ends", ends)):
        (folder / f"{name}.pcap").write_bytes(capture(sip.packets))
    return folder / "begins.pcap", folder / "ends.pcap"


def talk(ports, packets):
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
                   for _ in ports]
        for one, port in zip(sockets, ports):
            one.bind(("127.0.0.1", port))
        for number in range(packets):
            rtp = struct.pack("!BBHII", 0x80, 0, number, number * 160, 77) + b"\xff" * 160
            sockets[0].sendto(rtp, ("127.0.0.1", ports[1]))
            time.sleep(0.02)


def media_are_captured(folder):
    """SDP that came by HEP tells which call RTP on the interface belongs to."""
    ports = free_port(socket.SOCK_DGRAM) & ~1, free_port(socket.SOCK_DGRAM) & ~1
    begins, ends = signalling(folder, ports)
    more = "interfaces: [{name: lo}]\nrtp: {statistics: true}"
    with Collector() as collector, Center(folder, collector, more=more) as center:
        replay(begins, "--to", center.url("udp"), "--time", "now")
        eventually("the beginning is there", lambda: len(collector.lines()) >= 3)
        talk(ports, 100)
        replay(ends, "--to", center.url("udp"), "--time", "now")
        eventually("the end is there", lambda: len(collector.lines()) >= 5)
        center.stop()
        contains("the ledger", center.err, "adds up")
        collector.stop()
        [report] = [json.loads(frame["payload"]) for frame in collector.lines()
                    if frame["type"] == LOG and frame["correlation_id"] == "media@a"]
    [stream] = report["streams"]
    equal("the stream of the call", (stream["from"], stream["packets"]), ("caller", 100))


def main():
    if os.geteuid() != 0:
        skip("heptap run needs CAP_NET_RAW")
    with Folder() as folder:
        for carrier in ("udp", "tcp"):
            same_as_replay(folder, carrier)
        times_as_they_were(folder)
        nobody_asked(folder)
        hostile(folder)
        media_are_captured(folder)


if __name__ == "__main__":
    main()
