#!/usr/bin/env python3
"""heptap in floods of packets that never become anything, with messages of calls in between.

Prints what each flood cost and the limits; exits with 1 when one is missed. See README.md.
"""

import argparse
import json
import pathlib
import subprocess
import sys
from typing import NamedTuple, Union

from bench_run import Bench, Limit, Run, print_limits, some_of

MIB = 1 << 20
UNITS = {"KiB": 1 << 10, "MiB": MIB, "GiB": 1 << 30}

# What a table of heptap takes beside the bytes that its cap names, at most.
ENTRY_BYTES = 192  # of one datagram or stream, its places in index and lists included
ASSOCIATION_BYTES = 640  # knows which of 2048 chunks were there
PIECE_BYTES = 40  # that describe a piece which waits; there is one for
MEAN_PIECE_BYTES = 256  # of the cap
# What differs from run to run with nothing to do with the flood: threads, allocator, sockets.
NOISE_BYTES = 2 * MIB


class Caps(NamedTuple):
    """Where heptap keeps what a kind of flood is made of: names in its configuration."""

    bytes: str
    entries: Union[str, int]  # or what is not configured
    entry_bytes: int = ENTRY_BYTES

    def most(self, configured):
        """Bytes that heptap may take for it."""
        ring = configured[self.bytes] * (1 + PIECE_BYTES / MEAN_PIECE_BYTES)
        return ring + configured.get(self.entries, self.entries) * self.entry_bytes


FRAGMENTS = Caps("reassembly.fragments_bytes", "reassembly.fragments_max")
STREAMS = Caps("reassembly.streams_bytes", "reassembly.streams_max")
ASSOCIATIONS = Caps("reassembly.fragments_bytes", 4096, ASSOCIATION_BYTES)
KINDS = {"fragments": FRAGMENTS, "half_open": STREAMS, "endless_heads": STREAMS,
         "associations": ASSOCIATIONS}


class Outcome(NamedTuple):
    run: Run
    good: int  # messages that were in the flood
    adds_up: bool


class Flood:
    """Runs the same heptap in floods, and once without."""

    def __init__(self, arguments):
        self.packets, self.good_every = arguments.packets, arguments.good_every
        self.apart = arguments.apart
        self.bench = Bench(arguments.build, self.packets // self.good_every)
        self.ledger = self.bench.scratch / "flood-ledger.json"

    def configured(self):
        """The defaults of heptap by name, as far as they are numbers and sizes."""
        done = subprocess.run([self.bench.heptap, "check", "--reference"], check=True,
                              capture_output=True, text=True)
        rows = [line.split(" | ") for line in done.stdout.splitlines() if line.startswith("| `")]
        return {row[0].strip("| `"): number_of(row[2].strip("`")) for row in rows
                if row[1] in ("number", "size")}

    def calm(self):
        """The good messages alone, each in a packet of its own."""
        return self.bench.run(self.bench.heptap_command, "tcp")

    def run(self, kind):
        command = [self.bench.programs / "bench_flood", "--kind", kind, "--packets",
                   str(self.packets), "--good-every", str(self.good_every), "--apart",
                   str(self.apart)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as writer:
            run = self.bench.run(self.heptap_command, "tcp", stdin=writer.stdout)
            said = writer.stderr.read()
        if writer.returncode != 0:
            sys.exit(f"bench_flood ended with {writer.returncode}: {said.decode()}")
        adds_up = json.loads(self.ledger.read_text(encoding="utf-8"))["adds_up"]
        return Outcome(run, json.loads(said)["good"], adds_up)

    def heptap_command(self, url):
        return [*self.bench.heptap_command(url, capture="-"), "--ledger-json", self.ledger]


def number_of(text):
    """A number or a size as the configuration has it; None: this is neither."""
    for unit, size in UNITS.items():
        if text.endswith(unit):
            return int(text.removesuffix(unit)) * size
    return int(text) if text.isdecimal() else None


def print_outcome(kind, run, good, packets, most_mb):
    print(f"{kind:14} {run.wall:7.1f} {1e6 * run.cpu / packets:8.3f} {run.rss_mb:7.1f} "
          f"{most_mb:9.1f} {good:9,} {run.received:9,}")


def limits_of(kind, outcome):
    run = outcome.run
    return [Limit(f"{kind}: good messages lost", outcome.good - run.received, 0, ""),
            Limit(f"{kind}: frames too many or broken",
                  max(run.received - outcome.good, 0) + run.broken, 0, ""),
            Limit(f"{kind}: exit code", run.exit_code, 0, ""),
            Limit(f"{kind}: ledgers that do not add up", 0 if outcome.adds_up else 1, 0, "")]


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=pathlib.Path, default="build/release", metavar="DIR")
    parser.add_argument("--packets", type=int, default=10_000_000, metavar="N",
                        help="hostile ones, of each kind")
    parser.add_argument("--good-every", type=int, default=1000, metavar="N",
                        help="hostile packets for each good message")
    parser.add_argument("--apart", type=int, default=1000, metavar="N",
                        help="hostile packets between the parts of a good message")
    parser.add_argument("--only", type=some_of(KINDS), default=",".join(KINDS), metavar="LIST",
                        help="some of %(default)s")
    parser.add_argument("--losses-only", action="store_true",
                        help="what is lost counts, memory does not")
    return parser.parse_args()


def main():
    arguments = parse_arguments()
    flood = Flood(arguments)
    configured = flood.configured()
    calm = flood.calm()
    print(f"{flood.packets:,} hostile packets of each kind, a good message for each "
          f"{flood.good_every:,}, its parts {flood.apart:,} apart")
    print(f"{'flood':14} {'wall s':>7} {'us/pkt':>8} {'RSS MB':>7} {'at most':>9} {'good':>9} "
          f"{'received':>9}")
    messages = flood.bench.messages
    print_outcome("none", calm, messages, messages, calm.rss_mb)
    limits = [Limit("none: messages lost", messages - calm.received, 0, "")]
    for kind in arguments.only:
        most_mb = calm.rss_mb + (KINDS[kind].most(configured) + NOISE_BYTES) / MIB
        outcome = flood.run(kind)
        print_outcome(kind, outcome.run, outcome.good, flood.packets, most_mb)
        limits += limits_of(kind, outcome)
        if not arguments.losses_only:
            limits.append(Limit(f"{kind}: peak memory", outcome.run.rss_mb, most_mb, "MB"))
    print_limits(limits)
    return 0 if all(limit.ok for limit in limits) else 1


if __name__ == "__main__":
    sys.exit(main())
