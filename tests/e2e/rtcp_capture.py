"""Captures of calls whose SDP is given, with RTCP between addresses that are given, and what becomes of
them in a replay."""
import pathlib
import struct
import sys
from typing import NamedTuple

from common import RTCP, Collector, replay

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "golden"))
from frames import ethernet, pcap, udp  # noqa: E402

START_US = 1_700_000_000_000_000
SSRC = 0x11223344


def sender_report(ssrc=SSRC):
    """With one block and a description, as phones send it."""
    info = struct.pack("!IIIIII", ssrc, 3_908_988_800, 1 << 31, 160_000, 1000, 160_000)
    block = struct.pack("!IB3sIIII", 0x55667788, 3, b"\0\0\7", 66_534, 18, 0, 0)
    name = b"\1\5alice\0\0"
    size = (8 + len(name) + 3) // 4
    return struct.pack("!BBH", 0x81, 200, 12) + info + block + \
        struct.pack("!BBHI", 0x81, 202, size - 1, ssrc) + name.ljust(size * 4 - 8, b"\0")


def description(address, *media, extra=(), version=1):
    family = "IP6" if ":" in address else "IP4"
    lines = ["v=0", f"o=- 1 {version} IN {family} {address}", "s=-", f"c=IN {family} {address}",
             "t=0 0"]
    return "\r\n".join([*lines, *extra, *media, ""])


def audio(port):
    return f"m=audio {port} RTP/AVP 0"


def datagram(source, destination, payload):
    return ethernet(udp(source, destination, payload))


class Sip:
    """Messages of any dialogs, a tenth of a second apart. What differs between them is given; ends are
    (address, port)."""

    def __init__(self):
        self.now_us, self.packets = START_US, []

    def say(self, ends, start, call_id, cseq, tags=("a", ""), fields=(), body="",
            kind="application/sdp"):
        """tags: of From and To."""
        self.now_us += 100_000
        to_tag = f";tag={tags[1]}" if tags[1] else ""
        lines = [start, "Via: SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bK1",
                 f"From: <sip:alice@example.net>;tag={tags[0]}", f"To: <sip:bob@example.net>{to_tag}",
                 f"Call-ID: {call_id}", f"CSeq: {cseq}", *fields]
        if body:
            lines.append(f"Content-Type: {kind}")
        lines += [f"Content-Length: {len(body)}", "", body]
        self.send(*ends, "\r\n".join(lines).encode())

    def send(self, source, destination, payload):
        self.packets.append((self.now_us * 1000, datagram(source, destination, payload)))

    def wait(self, seconds):
        self.now_us += seconds * 1_000_000

    def rtcp(self, source, destination, ssrc=SSRC):
        self.now_us += 100_000
        self.send(source, destination, sender_report(ssrc))


def capture(packets):
    """Of (time in ns, frame), in the order of their times."""
    return pcap(sorted(packets, key=lambda packet: packet[0]))


class Replayed(NamedTuple):
    frames: list
    ledger: dict

    def of_type(self, kind):
        return [frame for frame in self.frames if frame["type"] == kind]

    def reports(self):
        return self.of_type(RTCP)


def replayed(folder, name, packets, config="rtcp: {send: true}\n"):
    """What arrives of these packets, (time in ns, frame), and the ledger."""
    path, config_file = folder / f"{name}.pcap", folder / f"{name}.yaml"
    path.write_bytes(capture(packets))
    config_file.write_text(config)
    with Collector() as collector:
        done = replay(path, "--to", collector.url, "--quiet", "-c", config_file)
        collector.stop()
        return Replayed(collector.lines(), done.ledger)


def ends_of(frame):
    return (frame["src"], frame["src_port"]), (frame["dst"], frame["dst_port"])
