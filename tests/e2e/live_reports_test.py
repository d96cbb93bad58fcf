#!/usr/bin/env python3
"""Linked legs, their RTCP and reports of phones in `heptap run`, with one thread and with several, which
share what they know: live_reports_test.py HEPTAP."""
import socket

from common import HEPTAP, RTCP, SIP, Collector, Folder, Process, contains, equal, eventually
from link_test import ids, legs, want
from netns import Namespaces, captures
from phone_reports_test import VQ, bodies, publish
from rtcp_capture import Replayed, Sip

CONFIG = """
interfaces: [{{name: tap, threads: {threads}}}]
collectors: [{{url: "{url}"}}]
link: [X-CID]
vq: {{send: true}}
duplicates: {{window: 0}}  # what is minutes apart in a capture is sent at once
security: {{user: nobody}}
http: {{listen: off}}
"""


def send(packets):
    """Onto the cable, as they are."""
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as wire:
        wire.bind(("cable", 0))
        for _, frame in packets:
            wire.send(frame)


def reports_of_phones():
    sip = Sip()
    for body, _ in bodies().values():
        publish(sip, body)
    return sip.packets


def live(net, folder, threads):
    packets = legs((), ("X-CID: leg1@a",)) + reports_of_phones()
    calls = [call_id for _, call_id in bodies().values()]
    with Collector("tcp://127.0.0.1:0", within=net.within("agent")) as collector:
        config = folder / "heptap.yaml"
        config.write_text(CONFIG.format(url=collector.url, threads=threads))
        with Process(*net.within("agent", HEPTAP, "run", "-c", config)) as agent:
            eventually("it captures", lambda: captures(agent, threads) or agent.ended())
            net.call_in("wire", lambda: send(packets))
            collector.wait_for(len(packets) - 6)
            agent.stop()
            contains("its ledger", agent.err, "adds up")
        collector.stop()
        done = Replayed(collector.lines(), {})
    equal("reports of phones", [frame["correlation_id"] for frame in done.of_type(VQ)], calls)
    of_legs = [frame for frame in done.frames if "publish@a" not in frame["payload"]]
    done = Replayed([frame for frame in of_legs if frame["type"] in (SIP, RTCP)], {})
    equal(f"correlation ids with {threads} threads", ids(done),
          want("", "leg1@a", "leg1@a", "leg1@a"))
    equal("frames", len(done.frames), 24)


def main():
    with Namespaces("agent", "wire") as net, Folder() as folder:
        net.veth("agent", "tap", "wire", "cable")
        for threads in (1, 2, 4):
            live(net, folder, threads)


if __name__ == "__main__":
    main()
