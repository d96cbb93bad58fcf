#!/usr/bin/env python3
"""RTP in `heptap run`: sessions whose directions reach different threads, and a capture that loses
packets: live_media_test.py HEPTAP.

Packets are sent as they are onto a cable; what is said of them depends on none of their times but the
length of a period.
"""
import json
import signal
import time

from common import HEPTAP, Collector, Folder, Process, contains, equal, eventually
from live_figures import figures, last_ledger
from live_reports_test import captures, send
from netns import Namespaces
from rtp_test import RTP_REPORT, rtp
from calls import Dialog, description  # of tests/golden
from frames import ethernet, udp

A, B = "192.0.2.10", "198.51.100.20"
PACKETS = 50
CALLS, ONE_WAY = 16, 4  # of the calls, the last ones
RING_BYTES = 8 << 20
CONFIG = """
interfaces: [{{name: tap, threads: {threads}, ring: {ring}}}]
collectors: [{{url: "{url}"}}]
rtp: {{statistics: true, interval: {interval}}}
security: {{user: nobody}}
"""


class Call:
    """The callee sends from another port than it receives at, as an SBC's other side does."""

    def __init__(self, number):
        self.dialog = Dialog((A, 5060), (B, 5060), f"{number:04}@a", "alice", "bob", 0)
        port = 4 * number
        self.there = (A, 40000 + port), (B, 50000 + port)
        self.back = (B, 50002 + port), (A, 40000 + port)

    def begin(self):
        self.dialog.request("INVITE", body=description(*self.there[0]))
        self.dialog.answer(200, "INVITE", body=description(*self.there[1]))
        self.dialog.request("ACK")
        return self.said()

    def end(self):
        self.dialog.request("BYE", number=2)
        self.dialog.answer(200, "BYE", number=2)
        return self.said()

    def said(self):
        said, self.dialog.messages = self.dialog.messages, []
        return [(when, ethernet(udp(*ends, text))) for when, *ends, text in said]

    def voice(self, direction, numbers):
        ssrc = direction[0][1]
        return [(0, ethernet(udp(*direction, rtp(number, ssrc)))) for number in numbers]


class Scene:
    """heptap and a collector in `agent`, and what is sent from `wire`."""

    def __init__(self, net, folder, threads, interval):
        self.net, self.threads = net, threads
        self.collector = Collector("tcp://127.0.0.1:0", within=net.within("agent"))
        config = folder / "heptap.yaml"
        config.write_text(CONFIG.format(url=self.collector.url, threads=threads, ring=RING_BYTES,
                                        interval=interval))
        self.agent = Process(*net.within("agent", HEPTAP, "run", "-c", config))

    def __enter__(self):
        eventually("it captures", lambda: captures(self.agent, self.threads) or self.agent.ended())
        return self

    def __exit__(self, *_):
        self.agent.__exit__()
        self.collector.__exit__()

    def send(self, packets):
        self.net.call_in("wire", lambda: send(packets))

    def received(self):
        """Packets, by thread."""
        return figures(self.net, "agent").of("capture_received_packets_total")

    def must_receive(self, packets):
        eventually("packets are there", lambda: sum(self.received().values()) == packets)

    def must_collect(self, messages):
        eventually("messages are there", lambda: len(self.collector.messages()) == messages)

    def reports(self, kind):
        frames = [frame for frame in self.collector.lines() if frame["type"] == RTP_REPORT]
        values = [json.loads(frame["payload"]) for frame in frames]
        return [value for value in values if value["TYPE"] == kind]

    def end(self):
        """gives   the ledger, which adds up"""
        self.agent.stop()
        self.collector.stop()
        return last_ledger(self.agent.err)


def directions_apart(net, folder, threads):
    calls = [Call(number) for number in range(CALLS)]
    with Scene(net, folder, threads, "0s") as scene:
        for call in calls:
            scene.send(call.begin())
        scene.must_collect(3 * CALLS)
        for number, call in enumerate(calls):
            scene.send(call.voice(call.there, range(PACKETS)))
            if number < CALLS - ONE_WAY:
                scene.send(call.voice(call.back, range(PACKETS)))
        scene.must_receive(3 * CALLS + (2 * CALLS - ONE_WAY) * PACKETS)
        received = scene.received()
        for call in calls:
            scene.send(call.end())
        scene.must_collect(5 * CALLS)
        ledger = scene.end()
        finals = scene.reports("FINAL")
    equal("threads that have got something", [count > 0 for count in received.values()],
          [True] * threads)
    equal("streams", len(finals), 2 * CALLS - ONE_WAY)
    what = f"what came to pass, with {threads} threads, in {ledger['rtp']}"
    told = {name: ledger["rtp"].noted.get(name, 0) for name in ("one_way_audio", "no_audio")}
    equal(what, told, {"one_way_audio": ONE_WAY, "no_audio": 0})


def burst():
    """Four times what fits into the ring of the kernel, of no call."""
    frame = ethernet(udp((A, 60000), (B, 60000), rtp(0, 9, bytes(1400))))
    return [(0, frame)] * (4 * RING_BYTES // len(frame))


def capture_loses_packets(net, folder):
    """The kernel drops what finds its ring full while heptap does not run."""
    call, sent = Call(1), PACKETS
    with Scene(net, folder, 1, "2s") as scene:
        scene.send(call.begin() + call.voice(call.there, range(PACKETS)))
        scene.must_receive(3 + PACKETS)
        scene.agent.process.send_signal(signal.SIGSTOP)
        scene.send(burst() + call.voice(call.there, range(sent, sent + PACKETS)))
        sent += PACKETS
        scene.agent.process.send_signal(signal.SIGCONT)

        def goes_on_until(holds):
            nonlocal sent
            scene.send(call.voice(call.there, [sent]))
            sent += 1
            time.sleep(0.02)  # as a phone would
            return holds(scene.reports("PERIODIC"))
        eventually("a period ends", lambda: goes_on_until(len))
        eventually("the page says so", lambda: figures(net, "agent").get(
            ("capture_degraded", "tap")) == 1)
        eventually("a period without losses ends",
                   lambda: goes_on_until(lambda all: "capture_degraded" not in all[-1]))
        contains("the log", scene.agent.err, "tap loses packets")
        ledger = scene.end()
        periods, finals = scene.reports("PERIODIC"), scene.reports("FINAL")
    equal("the kernel has dropped packets", ledger["capture"].dropped["kernel_drop:tap"] > 0, True)
    lossy = [period for period in periods if period["PACKET_LOSS"] > 0]
    missing = sum(period["PACKET_LOSS"] for period in lossy)
    equal("packets that are missing, or more", max(missing, PACKETS), missing)
    equal("periods with losses say why", [period.get("capture_degraded") for period in lossy],
          [True] * len(lossy))
    equal("and so does the whole", [final.get("capture_degraded") for final in finals], [True])


def main():
    with Namespaces("agent", "wire") as net, Folder() as folder:
        net.veth("agent", "tap", "wire", "cable")
        for threads in (1, 2, 4):
            directions_apart(net, folder, threads)
        capture_loses_packets(net, folder)


if __name__ == "__main__":
    main()
