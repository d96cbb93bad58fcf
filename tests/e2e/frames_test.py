#!/usr/bin/env python3
"""The bytes of every frame, read by hep3.py, which shares nothing with heptap's own decoder, and
what the options of replay change in them."""
import re
import time

import hep3
from common import (GOLDEN, HEPTAP, Collector, Folder, Process, equal, eventually, need, replay,
                    same_items, sip_of, Message)
from hep_sink import Sink

CAPTURE = GOLDEN / "demo.pcap"
COUNT = 30
UDP = 17


def message_of(frame):
    seconds, micros = divmod(frame.time_us, 1_000_000)
    return Message(f"{seconds}.{micros:06}", frame.source, frame.source_port, frame.destination,
                   frame.destination_port, frame.payload)


def every_carrier(want):
    for carrier in ("udp", "tcp"):
        for host in ("127.0.0.1", "::1"):
            sink = Sink(carrier, host, COUNT)
            replay(CAPTURE, "--to", sink.url)
            frames = sink.frames()
            equal(f"frames over {carrier} to {host}, in the order of the capture",
                  [message_of(frame) for frame in frames], want)
            equal("protocol and type", {(frame.ip_protocol, frame.type) for frame in frames},
                  {(UDP, hep3.SIP)})


def every_collector(want):
    sinks = [Sink("tcp"), Sink("udp", datagrams=COUNT), Sink("tcp", "::1")]
    done = replay(CAPTURE, *(word for sink in sinks for word in ("--to", sink.url)))
    equal("sent", [row["sent"] for row in done.ledger["collectors"]], [COUNT] * 3)
    for sink in sinks:
        equal(f"frames at {sink.url}", [message_of(frame) for frame in sink.frames()], want)


def identity():
    with Folder() as folder:
        key = folder / "key"
        key.write_text("s3cret\n")
        sink = Sink("tcp")
        replay(CAPTURE, "--to", sink.url, "--node-id", 4_294_967_295, "--node-name", "sbc-1",
               "--auth-key-file", key)
    equal("who sent it",
          {(frame.node_id, frame.node_name, frame.auth_key) for frame in sink.frames()},
          {(4_294_967_295, "sbc-1", "s3cret")})


def time_now():
    original = Sink("tcp")
    replay(CAPTURE, "--to", original.url)
    shifted = Sink("tcp")
    before_us = time.time_ns() // 1000
    replay(CAPTURE, "--to", shifted.url, "--time", "now")
    after_us = time.time_ns() // 1000
    distances = [new.time_us - old.time_us
                 for new, old in zip(shifted.frames(), original.frames(), strict=True)]
    equal("every time is shifted by the same", len(set(distances)), 1)
    # The first packet of the capture, which is no SIP, is now.
    first_us = 1_767_607_200_000_000
    equal("it begins now", before_us <= first_us + distances[0] <= after_us, True)


def a_pcap_of_what_came_replays_as_the_original(want):
    with Folder() as folder:
        written = folder / "written.pcap"
        with Process(HEPTAP, "collect", "--listen", "tcp://127.0.0.1:0", "--out",
                     f"pcap:{written}") as collect:
            eventually("collect listens", lambda: re.search(r"listening on \S+\n", collect.err))
            replay(CAPTURE, "--to", collect.err.split("listening on ")[1].split()[0])
            collect.stop()
        with Collector() as collector:
            replay(written, "--to", collector.url)
            collector.stop()
            same_items("messages after a round trip", collector.messages(), want)


def main():
    need("tshark")
    want = sip_of(CAPTURE)
    equal("messages in the capture", len(want), COUNT)
    every_carrier(want)
    every_collector(want)
    identity()
    time_now()
    a_pcap_of_what_came_replays_as_the_original(want)


if __name__ == "__main__":
    main()
