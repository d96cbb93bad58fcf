#!/usr/bin/env python3
"""A collector is away for an hour of packet time, and comes back while calls go on: what waited comes in
its order, with the times it was captured, and new messages do not wait for it. outage_test.py HEPTAP

HEPTAP_MESSAGES: how many wait, default 20,000; HEPTAP_LIVE_RATE: messages a second that come meanwhile,
default 2,000. The delay of new messages is printed: ./dev delivery says whether it is right."""
import json
import os
import time
import urllib.request

import hep3
from common import Folder, contains, equal, eventually, free_port
from live_figures import Figures
from spool_scene import RATE, Scene, Sink, make_capture, make_writable

MESSAGES = int(os.environ.get("HEPTAP_MESSAGES", "20000"))
LIVE_RATE = int(os.environ.get("HEPTAP_LIVE_RATE", "2000"))
HOUR_NS = 3_600_000_000_000
SECOND_NS = 1_000_000_000
LIVE_NODE = 2
FEED_RATE = 50_000  # a second: what the source has no room for is lost, and nobody wants to know that here


class Outage:
    def __init__(self, folder):
        self.pages = free_port()
        begin_ns = time.time_ns() - HOUR_NS
        self.scene = Scene(folder, MESSAGES, pages=f"127.0.0.1:{self.pages}",
                           apart_ns=HOUR_NS // MESSAGES, begin_ns=begin_ns // 1000 * 1000)
        self.live, self.live_count = folder / "live.pcap", LIVE_RATE * (MESSAGES // RATE + 2)
        make_capture(self.live, self.live_count, SECOND_NS // LIVE_RATE)
        self.without_window = folder / "feed.yaml"
        self.without_window.write_text("duplicates: {window: 0ms}\n")
        make_writable(self.scene.directory)

    def figures(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.pages}/metrics", timeout=5) as answer:
            return Figures(answer.read().decode())

    def feed_hour(self):
        self.scene.feed(self.scene.capture, "--speed", 3600 * FEED_RATE // MESSAGES, node=0)

    def spooled(self):
        return self.figures().get(("spool_held_frames", self.scene.name), 0)

    def feed_live(self):
        """In packet time that is now, at its pace."""
        self.scene.feed(self.live, "-c", self.without_window, "--time", "now", "--speed", 1,
                        node=LIVE_NODE)

    def lags(self):
        """gives   {seconds: messages that were sent within}"""
        buckets = self.figures().of("capture_to_send_lag_seconds_bucket")
        return {float(bound): count for (_, bound), count in buckets.items()}


def percentile(buckets, share):
    """gives   the bound of the bucket it is in"""
    total = max(buckets.values())
    return min(bound for bound, count in buckets.items() if count >= share * total)


def main():
    with Folder() as folder:
        outage = Outage(folder)
        scene, want = outage.scene, outage.scene.baseline()
        with scene.run() as process:
            outage.feed_hour()
            eventually("all is in the spool", lambda: outage.spooled() == MESSAGES)
            with Sink(scene.port) as sink:
                eventually("it is back", lambda: sink.arrived() > 0)
                begin = time.monotonic()
                outage.feed_live()
                eventually("all arrives", lambda: len(sink.frames()) >= MESSAGES + outage.live_count)
                took = time.monotonic() - begin
                judge(sink, want, outage.live_count)
                eventually("figures are published", lambda:
                           max(outage.lags().values()) >= outage.live_count)
                buckets = outage.lags()
                process.stop()
                contains("the ledger", process.err, "adds up")
        print(json.dumps({"waited": MESSAGES, "live": outage.live_count, "live_rate": LIVE_RATE,
                          "seconds": round(took, 2), "p50_s": percentile(buckets, 0.5),
                          "p99_s": percentile(buckets, 0.99)}))


def judge(sink, want, live_count):
    """What waited is on a connection of its own."""
    live = [[frame for frame in arrived if hep3.decode(frame).node_id == LIVE_NODE]
            for arrived in sink.by_connection()]
    waited = [[frame for frame in arrived if hep3.decode(frame).node_id != LIVE_NODE]
              for arrived in sink.by_connection()]
    equal("live messages", len({frame for part in live for frame in part}), live_count)
    equal("what waited, in order, each byte of it", [part for part in waited if part], [want])
    equal("beside it", [bool(part) for part in live if part], [True])
    times = [hep3.decode(frame).time_us for frame in want]
    equal("an hour", round((times[-1] - times[0]) / 3.6e9, 2), 1.0)


if __name__ == "__main__":
    main()
