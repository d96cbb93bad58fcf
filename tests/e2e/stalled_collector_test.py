#!/usr/bin/env python3
"""A collector that accepts and never reads harms nobody: who stands beside it has everything meanwhile,
and it has everything from its spool once it reads. stalled_collector_test.py HEPTAP

HEPTAP_MESSAGES: how many; default 20,000. How fast the other one is: ./dev delivery."""
import os
import time

from common import Folder, contains, equal, eventually, free_port
from spool_scene import Scene, Sink, make_writable

MESSAGES = int(os.environ.get("HEPTAP_MESSAGES", "20000"))
RING = "replay: {wait: 30s, ring: 4MiB}\nrun: {stop_wait: 30s, ring: 4MiB}\n"


class Both:
    """heptap between a collector that reads and one that does not."""

    def __init__(self, folder):
        self.healthy, self.stalled = Sink(free_port()), Sink(free_port(), reads=False)
        self.scene = Scene(folder, MESSAGES, urls=(self.healthy.url, self.stalled.url), rate=0)
        config = self.scene.config
        kept = [line for line in config.read_text().splitlines(keepends=True)
                if not line.startswith(("replay:", "run:"))]
        config.write_text("".join(kept) + RING)
        self.begin = time.monotonic()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for sink in (self.healthy, self.stalled):
            sink.__exit__()

    def judge(self, what):
        """The healthy one has all while the other has read nothing; then that reads."""
        want = self.scene.baseline()
        eventually("the healthy one has everything",
                   lambda: len(set(self.healthy.frames())) >= MESSAGES)
        took = time.monotonic() - self.begin
        equal(f"{what}: what the healthy one has", set(self.healthy.frames()) == set(want), True)
        equal(f"{what}: what the stalled one has read", self.stalled.arrived(), 0)
        self.stalled.read()
        eventually("it has the rest", lambda: len(set(self.stalled.frames())) >= MESSAGES)
        connections = self.stalled.by_connection()
        number = {frame: i for i, frame in enumerate(want)}
        equal(f"{what}: frames are whole, and those of the replay",
              set(self.stalled.frames()) == set(want), True)
        for arrived in connections:
            order = [number[frame] for frame in arrived]
            equal(f"{what}: their order on a connection", order == sorted(set(order)), True)
        counts = [len(arrived) for arrived in connections]
        twice = sum(counts) - MESSAGES
        print(f"{what}: {MESSAGES} messages; the healthy one had them after {took:.2f} s; the other has "
              f"{counts} by connection, {twice} of them twice", flush=True)


def replayed():
    with Folder() as folder, Both(folder) as both:
        with both.scene.start(both.scene.capture, 0) as process:
            both.judge("replay")
            equal("exit code, it said " + process.err, process.process.wait(60), 0)
            contains("it says why", process.err, f"{both.stalled.url}: took frames more slowly than they came")
            contains("the ledger", process.err, "adds up")


def run():
    with Folder() as folder, Both(folder) as both:
        make_writable(both.scene.directory)
        with both.scene.run() as process:
            both.begin = time.monotonic()
            both.scene.feed(both.scene.capture, "--speed", 10, node=0)
            both.judge("run")
            process.stop()
            contains("the ledger", process.err, "adds up")


def main():
    replayed()
    run()


if __name__ == "__main__":
    main()
