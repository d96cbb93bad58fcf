#!/usr/bin/env python3
"""heptap beside the null agent (and an older heptap), sent to the same kind of sink, in turn.

Prints medians, ratios and the limits; exits with 1 when a limit is missed. See README.md.
"""

import argparse
import functools
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time
from typing import NamedTuple

CARRIERS = ("tcp", "udp", "tls")


class Shape(NamedTuple):
    """Something else the same messages are carried in, or done with them. Sent over TCP, beside the
    plain capture."""

    generated: str  # the name bench_generate has for it
    most: float  # CPU of heptap, as a multiple of its plain run
    config: str = "sip"  # of CONFIGS


SHAPES = {"vxlan": Shape("vxlan", 1.2),
          "fragments": Shape("fragments", 1.8),
          "tcp_streams": Shape("tcp", 1.6),
          "media": Shape("plain", 1.7, config="media")}

# SIP alone, which is what others can be compared with, and with what SDP says of media.
CONFIGS = {"sip": "rtcp: {send: false}\n", "media": "rtcp: {send: true}\n"}


class Run(NamedTuple):
    """What one agent did with the capture once. Times in seconds."""

    wall: float
    cpu: float
    rss_mb: float
    received: int
    broken: int
    exit_code: int


class Medians(NamedTuple):
    rate: float  # messages/s
    cpu_us: float  # per message
    rss_mb: float
    received: int  # the fewest of all runs
    broken: int  # the most


class Limit(NamedTuple):
    what: str
    value: float
    most: float
    unit: str

    @property
    def ok(self):
        return self.value <= self.most


class Bench:
    """Where the programs are, and what they work on."""

    def __init__(self, build, messages):
        self.programs = build / "tests" / "bench"
        self.heptap = build / "heptap"
        self.messages = messages
        self.scratch = build / "bench"
        self.scratch.mkdir(exist_ok=True)
        self.capture = self.make_capture("plain")

    def make_capture(self, shape):
        """The same messages each time, so a capture that is there and not older is used again."""
        generator = self.programs / "bench_generate"
        capture = self.scratch / f"{shape}-{self.messages}.pcap"
        if capture.exists() and capture.stat().st_mtime > generator.stat().st_mtime:
            return capture
        unfinished = capture.with_suffix(".part")
        command = [generator, unfinished, "--messages", str(self.messages), "--shape", shape]
        subprocess.run(command, check=True)
        unfinished.rename(capture)
        return capture

    def make_certificate(self):
        """A throw-away certificate for loopback that is its own authority."""
        command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                   "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                   "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", self.scratch / "key.pem",
                   "-out", self.scratch / "certificate.pem"]
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)

    def sink_command(self, carrier):
        command = [self.programs / "bench_sink", "--listen", f"{carrier}://127.0.0.1:0"]
        if carrier == "tls":
            command += ["--cert", self.scratch / "certificate.pem",
                        "--key", self.scratch / "key.pem"]
        return command

    def null_command(self, url):
        return [self.programs / "bench_null_agent", self.capture, "--to", url]

    def heptap_command(self, url, binary=None, capture=None, config="sip"):
        file = self.scratch / f"{config}.yaml"
        file.write_text(CONFIGS[config], encoding="utf-8")
        command = [binary or self.heptap, "replay", "-c", file, capture or self.capture,
                   "--to", url, "--quiet"]
        if url.startswith("tls:"):
            command += ["--tls-ca", self.scratch / "certificate.pem"]
        return command

    def run(self, command_for, carrier, stdin=None):
        """Runs one agent against a sink of its own."""
        with subprocess.Popen(self.sink_command(carrier), stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True) as sink:
            words = sink.stderr.readline().split()
            if words[:2] != ["listening", "on"]:
                sys.exit(f"no sink: {' '.join(words)} {sink.stderr.read()}")
            wall, usage, exit_code = measure(command_for(words[2]), stdin)
            sink.terminate()  # it reads what has arrived before it ends
            counts = json.loads(sink.stdout.read())
        cpu = usage.ru_utime + usage.ru_stime
        return Run(wall, cpu, usage.ru_maxrss / 1024, counts["frames"], counts["broken"], exit_code)


def measure(command, stdin=None):
    """Runs a program to its end; gives wall time, resource usage and exit code."""
    begin = time.monotonic()
    process = subprocess.Popen(command, stdin=stdin)
    if stdin:
        stdin.close()  # of a pipe, so that its writer learns when nobody reads any more
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        print(f"{command[0]} ended with {process.returncode}", file=sys.stderr)
    return wall, usage, process.returncode


def medians(runs, messages):
    def median(name):
        return statistics.median(getattr(run, name) for run in runs)

    return Medians(messages / median("wall"), 1e6 * median("cpu") / messages, median("rss_mb"),
                   min(run.received for run in runs), max(run.broken for run in runs))


def agents_for(bench, carrier, previous, shapes):
    """The agents to be compared, null agent first. It has no TLS: TCP is its floor there, too.

    For a shape that is heptap with another capture.
    """
    agents = {"null": (bench.null_command, "tcp" if carrier == "tls" else carrier)}
    if previous:
        agents["previous"] = (functools.partial(bench.heptap_command, binary=previous), carrier)
    agents["heptap"] = (bench.heptap_command, carrier)
    for shape in shapes:
        capture = bench.make_capture(SHAPES[shape].generated)
        agents[shape] = (functools.partial(bench.heptap_command, capture=capture,
                                           config=SHAPES[shape].config), carrier)
    return agents


def compare(bench, agents, rounds):
    """Each round runs every agent once, so that a slow minute of the machine hits all alike."""
    runs = {name: [] for name in agents}
    for _ in range(rounds):
        for name, (command_for, over) in agents.items():
            runs[name].append(bench.run(command_for, over))
    return {name: medians(of_agent, bench.messages) for name, of_agent in runs.items()}


def print_carrier(carrier, results):
    floor = results["null"].cpu_us
    for name, result in results.items():
        print(f"{carrier:8} {name:11} {result.rate:11,.0f} {result.cpu_us:8.2f} "
              f"{result.cpu_us / floor:8.2f} {result.rss_mb:7.0f} {result.received:11,} "
              f"{result.broken:7,}")


def limits_of(carrier, shapes, results, messages, losses_only):
    """What heptap must keep to with the plain capture, then with each shape."""
    limits = []
    for name, result in [(carrier, results["heptap"]), *((name, results[name]) for name in shapes)]:
        if not losses_only:
            limits += cpu_limits(name, result, results)
            limits.append(Limit(f"{name}: peak memory", result.rss_mb, 64, "MB"))
        limits += [Limit(f"{name}: messages lost", messages - result.received, 0, ""),
                   Limit(f"{name}: broken frames", result.broken, 0, "")]
    return limits


def cpu_limits(name, result, results):
    """name      of a carrier or a shape"""
    if name in SHAPES:
        beside_plain = result.cpu_us / results["heptap"].cpu_us
        return [Limit(f"{name}: CPU beside the plain run", beside_plain, SHAPES[name].most, "x")]
    beside_null = result.cpu_us / results["null"].cpu_us
    return {
        "tcp": [Limit("tcp: CPU beside the null agent", beside_null, 2.5, "x"),
                Limit("tcp: CPU per message", result.cpu_us, 1.0, "us")],
        "udp": [Limit("udp: CPU beside the null agent", beside_null, 1.25, "x")],
        "tls": [Limit("tls: CPU per message", result.cpu_us, 1.5, "us")],
    }[name]


def run_stages(bench):
    """gives     ns and allocations per message by name of the stage"""
    command = [bench.programs / "bench_stages", "--benchmark_format=json",
               "--benchmark_min_time=0.1", "--benchmark_repetitions=15",
               # a neighbour of the machine that is busy for a second must not hit one stage alone
               "--benchmark_enable_random_interleaving=true",
               "--benchmark_report_aggregates_only=true"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return {one["run_name"]: (1e9 * one["per_message"], one["allocations"])
            for one in json.loads(done.stdout)["benchmarks"] if one["aggregate_name"] == "median"}


def print_stages(stages):
    print(f"\n{'stage':28} {'ns/msg':>8} {'allocations/msg':>16}")
    for name, (nanoseconds, allocations) in stages.items():
        print(f"{name:28} {nanoseconds:8.0f} {allocations:16.6f}")


def stage_limits(stages):
    return [Limit("index", stages["sip_index"][0], 300, "ns"),
            Limit("encode with the copy", stages["hep_encode"][0], 130, "ns"),
            Limit("allocations, all stages", max(count for _, count in stages.values()), 0, "")]


def print_limits(limits):
    print()
    for limit in limits:
        verdict = "ok" if limit.ok else "MISSED"
        print(f"{verdict:7} {limit.what:37} {limit.value:9,.2f} of at most {limit.most:g} "
              f"{limit.unit}".rstrip())


def some_of(names):
    """gives   what reads an argument that is some of these names, with commas between them"""
    def read(text):
        wanted = text.split(",")
        if unknown := set(wanted) - set(names):
            raise argparse.ArgumentTypeError(f"does not know {', '.join(sorted(unknown))}")
        return wanted
    return read


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=pathlib.Path, default="build/release", metavar="DIR")
    parser.add_argument("--previous", type=pathlib.Path, metavar="HEPTAP",
                        help="another heptap to run beside this one")
    parser.add_argument("--runs", type=int, default=5, metavar="N", help="of each agent")
    parser.add_argument("--messages", type=int, default=1_000_000, metavar="N")
    parts = (*CARRIERS, *SHAPES, "stages")
    parser.add_argument("--only", type=some_of(parts), default=",".join(parts), metavar="LIST",
                        help="some of %(default)s; a shape takes tcp with it")
    parser.add_argument("--losses-only", action="store_true",
                        help="lost or broken frames count, times and memory do not")
    arguments = parser.parse_args()
    if not SHAPES.keys().isdisjoint(arguments.only):
        arguments.only.append("tcp")  # what they are compared with
    return arguments


def main():
    arguments = parse_arguments()
    bench = Bench(arguments.build, arguments.messages)
    carriers = [carrier for carrier in CARRIERS if carrier in arguments.only]
    limits = []
    if carriers:
        print(f"{bench.messages:,} messages, medians of {arguments.runs} runs in turn")
        print(f"{'carrier':8} {'agent':11} {'messages/s':>11} {'CPU us':>8} {'of null':>8} "
              f"{'RSS MB':>7} {'received':>11} {'broken':>7}")
    if "tls" in carriers:
        bench.make_certificate()
    for carrier in carriers:
        shapes = [name for name in SHAPES if carrier == "tcp" and name in arguments.only]
        agents = agents_for(bench, carrier, arguments.previous, shapes)
        results = compare(bench, agents, arguments.runs)
        print_carrier(carrier, results)
        limits += limits_of(carrier, shapes, results, bench.messages, arguments.losses_only)
    if "stages" in arguments.only:
        stages = run_stages(bench)
        print_stages(stages)
        limits += stage_limits(stages)
    print_limits(limits)
    return 0 if all(limit.ok for limit in limits) else 1


if __name__ == "__main__":
    sys.exit(main())
