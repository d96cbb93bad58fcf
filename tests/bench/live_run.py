#!/usr/bin/env python3
"""heptap capturing live at rising rates, beside the null agent, which only counts.

Prints for each rate what was lost and where, the highest rate without loss, and the limits; exits
with 1 when one is missed. Needs root. See README.md.
"""

import argparse
import json
import os
import pathlib
import re
import sys
from typing import NamedTuple

from bench_run import Bench, some_of

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))
from common import Folder, Process, eventually, need  # noqa: E402
from live_figures import SettledPage, is_ready, last_ledger  # noqa: E402
from netns import Namespaces  # noqa: E402

TOP = 0  # as fast as the generator can
RATES = "50000,100000,150000,200000,250000,300000,350000,400000,500000"
LIMITS = {"udp": 250_000, "tcp": 400_000}  # messages/s with one worker
AGENTS = ("null", *LIMITS)
CONFIG = """
interfaces: [{{name: r0{threads}}}]
collectors: [{{name: sink, url: "{url}"}}]
security: {{user: {user}}}
rtcp: {{send: false}}
"""


class Result(NamedTuple):
    """What became of one run's messages, each in a packet of its own."""

    rate: float  # that the generator kept
    offered: int
    captured: int
    arrived: int
    lost: dict  # by reason
    cpu: float  # seconds of the agent

    @property
    def missing(self):
        return self.offered - self.arrived

    @property
    def fault(self):
        """What the account cannot explain; empty when it explains all."""
        unexplained = self.missing - sum(self.lost.values())
        if unexplained:
            return f"{unexplained:,} unexplained"
        return "more than there was" if min(self.lost.values(), default=0) < 0 else ""


class LiveBench(Namespaces):
    """A cable from r1, where the generator sends, to r0, where agents capture."""

    def __init__(self, bench, options):
        super().__init__("live")
        self.bench, self.options = bench, options

    def __enter__(self):
        need("tcpreplay")
        super().__enter__()
        self.run_in("live", "sh", "-c", "echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6")
        self.ip("live", "link add r0 mtu 9000 type veth peer name r1 mtu 9000", "link set r0 up",
                "link set r1 up")
        return self

    def start(self, *command):
        return Process(*self.within("live", *command))

    def r0_counts(self, what):
        return int(self.run_in("live", "cat", f"/sys/class/net/r0/statistics/{what}"))

    def generate(self, rate):
        """gives   how many messages were offered, and how fast"""
        wants_tcpreplay = 0 < rate <= self.options.tcpreplay_up_to
        return self.tcpreplay(rate) if wants_tcpreplay else self.bench_send(rate)

    def tcpreplay(self, rate):
        said = self.run_in("live", "tcpreplay", f"--pps={rate}", "-K", "-q", "-i", "r1",
                           self.bench.capture)
        sent = int(re.search(r"Successful packets:\s+(\d+)", said).group(1))
        return sent, float(re.search(r"([\d.]+) pps", said).group(1))

    def bench_send(self, rate):
        said = json.loads(self.run_in("live", self.bench.programs / "bench_send",
                                      self.bench.capture, "--interface", "r1", "--rate", rate))
        return said["sent"], said["sent"] / said["seconds"]

    def null(self, rate):
        agent = self.start(self.bench.programs / "bench_null_agent", "--interface", "r0")
        with agent:
            eventually("the null agent captures", lambda: "capturing" in agent.err or agent.ended())
            interface = self.r0_counts("rx_packets")
            offered, kept = self.generate(rate)
            interface = self.r0_counts("rx_packets") - interface
            cpu = cpu_of_ended(agent)
            counts = json.loads(agent.out_path.read_text())
        return Result(kept, offered, counts["read"], counts["read"],
                      reasons({"on the wire": offered - interface,
                               "kernel_drop": counts["kernel_dropped"]}), cpu)

    def heptap(self, carrier, rate):
        with Folder() as folder, self.sink(carrier) as sink:
            config = folder / "heptap.yaml"
            threads = self.options.threads
            config.write_text(CONFIG.format(
                url=url_of(sink), user=self.options.user,
                threads=f", threads: {threads}" if threads > 1 else ""))
            with self.start(self.bench.heptap, "run", "-c", config) as agent:
                eventually("heptap captures", lambda: is_ready(self, "live") or agent.ended())
                if agent.ended():
                    sys.exit("heptap run ended: " + agent.err)
                interface = self.r0_counts("rx_packets")
                offered, kept = self.generate(rate)
                interface = self.r0_counts("rx_packets") - interface
                self.wait_until_settled()
                cpu = cpu_of_ended(agent)
                ledger = last_ledger(agent.err)
            sink.stop()
            arrived = json.loads(sink.out_path.read_text())["frames"]
        return heptap_result(kept, offered, interface, ledger, arrived, cpu)

    def sink(self, carrier):
        sink = self.start(self.bench.programs / "bench_sink", "--listen",
                          f"{carrier}://127.0.0.1:0")
        eventually("the sink listens", lambda: url_of(sink) or sink.ended())
        return sink

    def wait_until_settled(self):
        eventually("all is sent", SettledPage(self, "live"))


def url_of(sink):
    """gives   None as long as the line is not whole"""
    line = re.search(r"listening on (\S+)\n", sink.err)
    return line and line.group(1)


def cpu_of_ended(agent):
    """TERM, and the CPU time of its whole life."""
    agent.process.terminate()
    _, status, usage = os.wait4(agent.process.pid, 0)
    agent.process.returncode = os.waitstatus_to_exitcode(status)
    if agent.process.returncode != 0:
        sys.exit(f"{agent.process.args} ended with {agent.process.returncode}: {agent.err}")
    return usage.ru_utime + usage.ru_stime


def reasons(lost):
    return {reason: count for reason, count in lost.items() if count != 0}


def heptap_result(rate, offered, interface, ledger, arrived, cpu):
    """Nothing of the bench capture is absorbed or dropped on purpose, so whatever did not go on is
    lost. What went from heptap to a sink that has not got it is lost, too, but not by heptap."""
    lost = {"on the wire": offered - interface,
            "not captured": interface - ledger["capture"].entered}
    for stage in ledger.values():
        for reason, count in stage.dropped.items():
            lost[reason] = lost.get(reason, 0) + count
    lost["by the sink"] = ledger["sink"].left - arrived
    return Result(rate, offered, ledger["capture"].left, arrived, reasons(lost), cpu)


def print_result(agent, result):
    per_message = 1e6 * result.cpu / max(result.captured, 1)
    words = [f"{count:,} {reason}" for reason, count in result.lost.items()]
    words += [result.fault] if result.fault else []
    print(f"{agent:7} {result.rate:11,.0f} {result.offered:11,} {result.captured:11,} "
          f"{result.arrived:11,} {per_message:8.2f}  {', '.join(words) or 'nothing'}", flush=True)


def climb(live, agent, options):
    """Rate after rate, until one loses messages.

    gives   the highest rate at which no run lost any, and whether all accounts are right
    """
    held, explained = 0, True
    for rate in options.rates:
        results = [live.null(rate) if agent == "null" else live.heptap(agent, rate)
                   for _ in range(options.runs)]
        for result in results:
            print_result(agent, result)
        explained = explained and not any(result.fault for result in results)
        if any(result.missing for result in results):
            if not options.all:
                break
        else:
            held = max(held, min(result.rate for result in results))
    return held, explained


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=pathlib.Path, default="build/release", metavar="DIR")
    parser.add_argument("--messages", type=int, default=1_000_000, metavar="N")
    parser.add_argument("--rates", default=RATES, metavar="LIST",
                        help="messages/s, or top: as fast as it goes (default %(default)s)")
    parser.add_argument("--runs", type=int, default=1, metavar="N",
                        help="of each rate; it is held when none loses anything")
    parser.add_argument("--all", action="store_true", help="goes on behind a rate with losses")
    parser.add_argument("--only", type=some_of(AGENTS), default=",".join(AGENTS), metavar="LIST",
                        help="some of %(default)s")
    parser.add_argument("--threads", default="1", metavar="LIST",
                        help="workers on the interface; of 1, the configuration says nothing")
    parser.add_argument("--tcpreplay-up-to", type=int, default=300_000, metavar="RATE",
                        help="beyond it, bench_send generates (default %(default)s)")
    parser.add_argument("--user", default="nobody", help="that heptap becomes")
    parser.add_argument("--losses-only", action="store_true",
                        help="accounts must be right, rates need not be reached")
    options = parser.parse_args()
    options.rates = [TOP if rate == "top" else int(rate) for rate in options.rates.split(",")]
    options.threads_list = [int(count) for count in options.threads.split(",")]
    return options


def measure(live, options):
    """gives   (agent, workers, highest rate, accounts are right) of each"""
    for options.threads in options.threads_list:
        for agent in options.only:
            if agent == "null" and options.threads != options.threads_list[0]:
                continue
            yield agent, options.threads, *climb(live, agent, options)


def verdict(agent, threads, held, explained, losses_only):
    """Prints it; gives whether all is well."""
    least = LIMITS.get(agent, 0) if threads == 1 and not losses_only else 0
    ok = held >= least * 0.99 and explained  # generators are not exact
    name = "the null agent" if agent == "null" else f"heptap over {agent}, {threads} worker(s)"
    print(f"{'ok' if ok else 'MISSED':7} {name:26} nothing lost at {held:9,.0f}/s"
          + (f" of at least {least:,}" if least else "")
          + ("" if explained else "; an account is wrong"))
    return ok


def main():
    options = parse_arguments()
    bench = Bench(options.build.resolve(), options.messages)
    print(f"{'agent':7} {'messages/s':>11} {'offered':>11} {'captured':>11} {'arrived':>11} "
          f"{'CPU us':>8}  lost")
    with LiveBench(bench, options) as live:
        outcomes = list(measure(live, options))
    print()
    results = [verdict(*outcome, options.losses_only) for outcome in outcomes]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
