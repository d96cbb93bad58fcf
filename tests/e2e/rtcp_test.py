#!/usr/bin/env python3
"""RTCP in captures that this script makes, each report under the Call-ID that it belongs to:
rtcp_test.py HEPTAP."""
import json
import pathlib
import struct
import sys

from common import RTCP, Collector, Folder, contains, dropped, equal, replay

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "golden"))
from calls import Dialog  # noqa: E402
from frames import ethernet, pcap, udp  # noqa: E402

START_US = 1_700_000_000_000_000
A, B = "192.0.2.10", "198.51.100.20"
A6, B6 = "2001:db8::c", "2001:db8::d"
NAT = "203.0.113.7"
SSRC = 0x11223344


def sender_report(ssrc=SSRC):
    """With one block and a description, as phones send it."""
    info = struct.pack("!IIIIII", ssrc, 3_908_988_800, 1 << 31, 160_000, 1000, 160_000)
    block = struct.pack("!IB3sIIII", 0x55667788, 3, b"\0\0\7", 66_534, 18, 0, 0)
    name = b"\1\5alice\0\0"
    size = (8 + len(name) + 3) // 4
    return struct.pack("!BBH", 0x81, 200, 12) + info + block + \
        struct.pack("!BBHI", 0x81, 202, size - 1, ssrc) + name.ljust(size * 4 - 8, b"\0")


def description(address, *media, extra=()):
    family = "IP6" if ":" in address else "IP4"
    lines = ["v=0", f"o=- 1 1 IN {family} {address}", "s=-", f"c=IN {family} {address}", "t=0 0"]
    return "\r\n".join([*lines, *extra, *media, ""])


def audio(port):
    return f"m=audio {port} RTP/AVP 0"


class Case:
    """A call whose SDP is given, and one report; the media flow between the addresses given."""

    def __init__(self, name, offer, answer, source, destination, family=4, change=lambda text: text):
        self.name, self.report = name, (source, destination)
        hosts = (A, B) if family == 4 else (A6, B6)
        call = Dialog((hosts[0], 5060), (hosts[1], 5060), f"{name}@a", "alice", "bob", START_US)
        call.request("INVITE", body=offer)
        call.answer(200, "INVITE", body=answer)
        call.request("ACK")
        self.messages = [(time, one, other, change(text)) for time, one, other, text
                         in call.messages]

    def packets(self):
        for time, source, destination, text in self.messages:
            yield time, ethernet(udp(source, destination, text))
        yield self.messages[-1][0] + 5_000_000, ethernet(udp(*self.report, sender_report()))


def in_upper_case(text):
    head, empty, body = text.partition(b"\r\n\r\n")
    first, *fields = head.split(b"\r\n")
    named = [name.upper() + b":" + value for name, _, value in (f.partition(b":") for f in fields)]
    return b"\r\n".join([first, *named]) + empty + body


PAIR = description(A, audio(40000)), description(B, audio(50000))
MUX = "a=rtcp-mux"
CASES = [
    Case("audio", *PAIR, (A, 40001), (B, 50001)),
    Case("video", description(A, audio(40000), "m=video 40002 RTP/AVP 31"),
         description(B, audio(50000), "m=video 50002 RTP/AVP 31"), (A, 40003), (B, 50003)),
    Case("ipv6", description("2001:DB8:0:0::C", audio(40000)),
         description("2001:0db8:0000::000d", audio(50000)), (A6, 40001), (B6, 50001), family=6),
    Case("nat", *PAIR, (NAT, 61_234), (B, 50001)),
    Case("upper-case", *PAIR, (A, 40001), (B, 50001), change=in_upper_case),
    Case("mux", description(A, audio(40000), MUX), description(B, audio(50000), MUX), (B, 50000),
         (A, 40000)),
    Case("rtcp-attribute", description(A, audio(40000), "a=rtcp:41234"),
         description(B, audio(50000)), (B, 50001), (A, 41234)),
    Case("bundle",
         description(A, audio(40000), "a=mid:a", MUX, "m=video 9 RTP/AVP 96", "a=mid:v", MUX,
                     "a=bundle-only", extra=("a=group:BUNDLE a v",)),
         description(B, audio(50000), "a=mid:a", MUX, "m=video 50000 RTP/AVP 96", "a=mid:v", MUX,
                     extra=("a=group:BUNDLE a v",)), (A, 40000), (B, 50000)),
    Case("ice", description("0.0.0.0", audio(9), f"a=candidate:1 1 UDP 1 {A} 40000 typ host",
                            f"a=candidate:1 2 UDP 1 {A} 40005 typ host"),
         description(B, audio(50000)), (A, 40005), (B, 50001)),
]


def capture(packets):
    """Of times in microseconds, in their order."""
    return pcap((time * 1000, frame) for time, frame in sorted(packets, key=lambda each: each[0]))


def frames_of(folder, name, packets, send=True):
    """What arrives of these packets, and the ledger."""
    path, config = folder / f"{name}.pcap", folder / "heptap.yaml"
    path.write_bytes(capture(packets))
    config.write_text("rtcp: {send: true}\n" if send else "")
    with Collector() as collector:
        done = replay(path, "--to", collector.url, "--quiet", "-c", config)
        collector.stop()
        return collector.lines(), done.ledger


def reports(frames):
    return [frame for frame in frames if frame["type"] == RTCP]


def belongs(folder, case):
    frames, ledger = frames_of(folder, case.name, case.packets())
    sent = reports(frames)
    equal(f"{case.name}: reports in {ledger}", len(sent), 1)
    equal(f"{case.name}: its call", sent[0]["correlation_id"], f"{case.name}@a")
    equal(f"{case.name}: from", (sent[0]["src"], sent[0]["src_port"]), case.report[0])
    value = json.loads(sent[0]["payload"])
    equal(f"{case.name}: what it says", (value["type"], value["ssrc"], value["report_count"]),
          (200, SSRC, 1))


def stays_here(folder):
    """What no call claims, and everything unless it is switched on."""
    stray = (START_US, ethernet(udp((A, 30001), (B, 30003), sender_report())))
    frames, ledger = frames_of(folder, "stray", [stray])
    equal("no report of a stranger", reports(frames), [])
    equal("it is on the ledger", dropped(ledger, "correlate"), {"rtcp_unknown_address": 1})
    frames, ledger = frames_of(folder, "off", CASES[0].packets(), send=False)
    equal("no report unless it is asked for", reports(frames), [])
    contains("it is on the ledger", dropped(ledger, "classify"), "rtcp")


def main():
    with Folder() as folder:
        for case in CASES:
            belongs(folder, case)
        stays_here(folder)


if __name__ == "__main__":
    main()
