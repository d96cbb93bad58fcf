#!/usr/bin/env python3
"""`heptap run` for long under a mixed load, while its collector restarts and its interface bounces.

live_soak.py HEPTAP PROGRAMS [--minutes N]: without, a short form of it. Prints a table and a verdict;
see README.md.
"""
import argparse
import itertools
import json
import pathlib
import statistics
import sys
import threading
import time
from typing import NamedTuple

from common import PATIENCE_S, equal, eventually, is_sanitized
from live_figures import SettledPage
from live_load import LoadBench, collectors_url, must_have_arrived

SHAPES = ("plain", "vxlan", "fragments", "tcp")
RATE = 20_000  # packets/s
MESSAGES = 7000  # of each shape in a round
SHORT_S = 20
MOST_GROWTH = {"long": 1.03, "short": 1.10}  # of memory, last third beside the middle one
SPARE_KB = 1024


class Sample(NamedTuple):
    second: float
    memory_kb: int
    files: int
    threads: int
    captured: int
    sent: int
    fault: str


class Account:
    """What was offered, phase by phase."""

    def __init__(self):
        self.offered = self.away = self.arrived = self.restarts = self.bounces = 0


class Looks:
    """Samples, taken by a thread while the block lasts."""

    def __init__(self, sample, every_s):
        self.sample, self.every_s, self.taken, self.fault = sample, every_s, [], None
        self.ending = threading.Event()
        self.thread = threading.Thread(target=self.run)

    def run(self):
        try:
            while not self.ending.wait(self.every_s):
                self.taken.append(self.sample())
        except BaseException as fault:  # of the test itself as well
            self.fault = fault

    def must_be_well(self):
        if self.fault:
            raise self.fault

    def __enter__(self):
        self.thread.start()

    def __exit__(self, *_):
        self.ending.set()
        self.thread.join()


class Soak:
    def __init__(self, bench, agent, sink, seconds):
        self.bench, self.agent, self.sink = bench, agent, sink
        self.begin, self.seconds = time.monotonic(), seconds
        self.every_s = 1 if seconds < 120 else 10
        self.looks, self.account = Looks(self.sample, self.every_s), Account()
        self.rounds = max(2, round(min(seconds / 10, 30) * RATE / sum(map(packets, bench.captures))))

    def run(self):
        """At least every kind of phase once."""
        with self.looks:
            self.phases()
        self.looks.must_be_well()

    def phases(self):
        kinds = (self.steady, self.restart, self.link_bounces, self.interface_bounces)
        for number, phase in enumerate(itertools.cycle(kinds)):
            if number >= len(kinds) and time.monotonic() > self.begin + self.seconds:
                break
            phase()
            self.agent.settle()

    def steady(self):
        self.under_load(lambda: None)

    def restart(self):
        def other_collector():
            self.account.arrived += arrived(self.sink)
            eventually("it sees that its collector is gone", lambda: not self.agent.is_ready())
            self.sink = self.bench.sink("tcp")
            eventually("it connects again", self.agent.is_ready)
        self.account.restarts += 1
        self.under_load(other_collector)

    def link_bounces(self):
        """libpcap says nothing of it."""
        def down_and_up():
            self.bench.ip("agent", "link set mirror down")
            eventually("nothing comes", SettledPage(self.bench, "agent"))
            self.bench.ip("agent", "link set mirror up")
        self.bounce(down_and_up)

    def interface_bounces(self):
        def away_and_back():
            self.bench.remove_mirror()
            eventually("it sees that its interface is away", lambda: not self.agent.is_ready())
            self.bench.add_mirror()
        self.bounce(away_and_back)

    def bounce(self, away_and_back):
        """Over when packets come again."""
        def happening():
            away_and_back()
            before = self.agent.entered()
            eventually("it captures again", lambda: self.agent.entered() > before)
        self.account.bounces += 1
        self.under_load(happening, is_away=True)

    def under_load(self, happening, is_away=False):
        """Whole rounds, of which everything is captured, or the kernel has dropped it; but what is sent
        while the interface is away nobody captures."""
        before, messages = self.agent.entered(), self.messages()
        dropped = self.kernel_drops()
        with self.bench.load(RATE, 0 if is_away else self.rounds) as load:
            eventually("it captures", lambda: self.agent.entered() > before)
            happening()
            until = time.monotonic() + self.every_s
            while time.monotonic() < until if is_away else not load.ended():
                self.looks.must_be_well()
                time.sleep(0.1)
            sent = load.end(may_be_refused=is_away)
        self.agent.settle()
        captured = self.agent.entered() - before
        self.account.offered += sent
        if is_away:
            self.account.away += int(sent - captured)
        else:
            equal("captured, or dropped by the kernel", captured, sent)
            if self.kernel_drops() == dropped:
                equal("messages", self.messages() - messages, self.rounds * MESSAGES * len(SHAPES))

    def messages(self):
        return self.agent.figures().get(("stage_entered_total", "encode"), 0)

    def kernel_drops(self):
        return self.agent.dropped("capture", "kernel_drop:mirror")

    def sample(self):
        """Figures that do not add up end the test."""
        page, process = self.agent.figures(), pathlib.Path(f"/proc/{self.agent.process.pid}")
        self.agent.must_live()
        status = dict(line.split(":", 1) for line in (process / "status").read_text().splitlines())
        return Sample(time.monotonic() - self.begin, int(status["VmRSS"].split()[0]),
                        len(list((process / "fd").iterdir())), int(status["Threads"]),
                        int(page.entered()),
                        int(page.get(("collector_sent_frames_total", "far"), 0)), page.fault())


def packets(capture):
    """Of a pcap file."""
    content, at, count = capture.read_bytes(), 24, 0
    while at < len(content):
        at += 16 + int.from_bytes(content[at + 8:at + 12], "little")
        count += 1
    return count


def arrived(sink):
    """When it is told to stop between two parts of a frame, it says that this one is broken."""
    sink.process.terminate()
    sink.process.wait(PATIENCE_S)
    return json.loads(sink.out_path.read_text())["frames"]


def print_table(samples):
    print(f"{'second':>7} {'memory KB':>10} {'files':>6} {'threads':>8} {'captured':>12} {'sent':>12}")
    for sample in samples[::max(1, len(samples) // 40)]:
        print(f"{sample.second:7.0f} {sample.memory_kb:10,} {sample.files:6} {sample.threads:8} "
              f"{sample.captured:12,} {sample.sent:12,}")


def growth(samples, what):
    """gives   the median of the middle third and of the last one"""
    third = len(samples) // 3
    return [statistics.median(getattr(sample, what) for sample in part)
            for part in (samples[third:2 * third], samples[2 * third:])]


def judge(samples, length):
    """Of files, one may be a page that is asked for just then."""
    most = {"memory_kb": (MOST_GROWTH[length], SPARE_KB), "files": (1, 1), "threads": (1, 0)}
    for what, (factor, spare) in most.items():
        middle, last = growth(samples, what)
        print(f"{what}: {middle:,.0f} in the middle third, {last:,.0f} in the last")
        if what == "memory_kb" and is_sanitized():
            print("memory is the sanitizer's, and not judged")
        elif last > middle * factor + spare:
            sys.exit(f"{what} grows")


def soak_for(bench, seconds, length):
    url = collectors_url("tcp")
    soak = None
    first = bench.sink("tcp")
    try:
        with bench.agent(url) as agent:
            eventually("it connects", agent.is_ready)
            soak = Soak(bench, agent, first, seconds)
            try:
                soak.run()
            except SystemExit:
                print(agent.err)
                raise
            ledger = agent.end()
        account = soak.account
        account.arrived += arrived(soak.sink)
    finally:
        (soak.sink if soak else first).__exit__()
    print_table(soak.looks.taken)
    print(f"{len(soak.looks.taken)} looks, difference always 0; {account.restarts} restarts of the "
          f"collector, {account.bounces} bounces of the interface")
    print(f"{account.offered:,} packets offered, {account.away:,} of them while the interface was away;"
          f" {account.arrived:,} messages arrived; {ledger['encode']}, {ledger['far']}")
    equal("packets", ledger["capture"].entered, account.offered - account.away)
    must_have_arrived("messages", account.arrived, ledger)
    judge(soak.looks.taken, length)
    print("all is well")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("heptap")
    parser.add_argument("programs")
    parser.add_argument("--minutes", type=float, metavar="N")
    options = parser.parse_args()
    seconds = options.minutes * 60 if options.minutes else SHORT_S
    with LoadBench(options.programs, SHAPES, MESSAGES) as bench:
        soak_for(bench, seconds, "long" if options.minutes else "short")


if __name__ == "__main__":
    main()
