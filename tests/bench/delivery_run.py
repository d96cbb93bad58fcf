#!/usr/bin/env python3
"""What collectors cost others: those in trouble, and each kind of output; and messages that come later.

Stalled: one that reads everything, alone and beside one that accepts and never reads, in turn.
Outputs: what each kind of output costs, and what is left beside it for one over TCP.
Outage: the delay of new messages while an hour of old ones is sent. Prints both; exits with 1 when a
limit is missed. See README.md.
"""

import argparse
import collections
import contextlib
import functools
import json
import os
import pathlib
import socket
import statistics
import subprocess
import sys
from typing import NamedTuple

from bench_run import Bench, Limit, measure, some_of

E2E = pathlib.Path(__file__).resolve().parent.parent / "e2e"
sys.path.insert(0, str(E2E))
from common import Folder, Process  # noqa: E402

PARTS = ("stalled", "outputs", "outage")
LEAST_SHARE = 0.9
KAFKA_CLUSTER = pathlib.Path("tests", "support", "kafka_cluster")
MOST_DELAY_S = 0.1
CONFIG = """
rtcp: {{send: false}}
{spool}
replay: {{wait: {wait}, speed: {speed}}}
collectors:
{collectors}
"""


class Run(NamedTuple):
    rate: float  # messages/s, as the one over TCP had them; without it those of the replay
    cpu_us: float  # of heptap, per message
    spooled: int


class Stalled(socket.socket):
    """Accepts by the kernel's grace, and reads nothing."""

    def __init__(self):
        super().__init__()
        self.bind(("127.0.0.1", 0))
        self.listen()
        self.url = f"tcp://127.0.0.1:{self.getsockname()[1]}"


def collector(url, kafka=None):
    """gives   its lines in the configuration"""
    return f'  - {{url: "{url}"' + (f", kafka: {{format: {kafka}}}" if kafka else "") + "}\n"


@contextlib.contextmanager
def sink_of(bench):
    with Process(*bench.sink_command("tcp")) as sink:
        yield sink, sink.listens_on()


def replayed(bench, speed, others, *, with_tcp=True, with_spool=True):
    """gives   what became of one replay; others: collectors' lines in the configuration"""
    with Folder() as folder, sink_of(bench) as (sink, url):
        config, ledger = folder / "heptap.yaml", folder / "ledger.json"
        spool = f"spool: {{directory: {folder / 'spool'}, size: 4GiB}}" if with_spool else ""
        wait = "2s" if with_spool else "30s"  # what is left then is lost, or spooled
        all_of_them = (collector(url) if with_tcp else "") + others
        config.write_text(CONFIG.format(spool=spool, wait=wait, speed=speed,
                                        collectors=all_of_them))
        command = [bench.heptap, "replay", "-c", config, bench.capture, "--quiet",
                   "--ledger-json", ledger]
        wall, usage, status = measure(command)
        sink.stop()
        counts, ledger = json.loads(sink.out_path.read_text()), json.loads(ledger.read_text())
    received = bench.messages if with_tcp else 0
    if status != 0 or counts["frames"] != received or not ledger["adds_up"]:
        sys.exit(f"exit code {status}, {counts}, {ledger}")
    spooled = sum(row.get("absorbed", {}).get("spooled", 0) for row in ledger["collectors"])
    cpu = usage.ru_utime + usage.ru_stime
    seconds = counts["seconds"] if with_tcp else wall
    return Run(bench.messages / seconds, 1e6 * cpu / bench.messages, spooled)


@contextlib.contextmanager
def kafka_cluster(build):
    """gives   the URL of a topic that takes everything, and that nobody reads"""
    with subprocess.Popen([build / KAFKA_CLUSTER, "unread"], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, text=True) as cluster:
        yield f"kafka://{cluster.stdout.readline().strip()}/sip"
        cluster.stdin.close()


def outputs(bench, options):
    """Prints what each output alone has and costs, and what one over TCP has beside it."""
    replay = functools.partial(replayed, with_spool=False)
    with Folder() as folder, kafka_cluster(options.build) as topic, sink_of(bench) as (_, tcp):
        kinds = {"tcp": collector(tcp),
                 "jsonl": collector(f"jsonl:{folder / 'frames.jsonl'}"),
                 "pcapng": collector(f"pcapng:{folder / 'frames.pcapng'}"),
                 "kafka hep": collector(topic, "hep"),
                 "kafka json": collector(topic, "json")}
        for speed in options.speeds:
            undisturbed = []
            alone, beside = collections.defaultdict(list), collections.defaultdict(list)
            for _ in range(options.runs):
                undisturbed.append(replay(bench, speed, ""))
                for name, lines in kinds.items():
                    alone[name].append(replay(bench, speed, lines, with_tcp=False))
                    beside[name].append(replay(bench, speed, lines))
                    for file in pathlib.Path(folder.name).iterdir():
                        file.unlink()
            for name in kinds:
                print_output(speed, name, undisturbed, alone[name], beside[name])


def print_output(speed, name, undisturbed, alone, beside):
    share = median(beside, "rate") / median(undisturbed, "rate")
    print(f"speed {speed:>5}  {name:10} alone {median(alone, 'rate'):9,.0f} messages/s "
          f"{median(alone, 'cpu_us'):6.2f} us CPU; tcp beside it {median(beside, 'rate'):9,.0f} messages/s, "
          f"{share:4.2f} of its own", flush=True)


def stalled(bench, options):
    """gives   limits, one of each speed"""
    for speed in options.speeds:
        alone, beside = [], []
        for _ in range(options.runs):
            alone.append(replayed(bench, speed, ""))
            with Stalled() as other:
                beside.append(replayed(bench, speed, collector(other.url)))
        for name, runs in (("alone", alone), ("beside a stalled one", beside)):
            print(f"speed {speed:>5}  {name:21} {median(runs, 'rate'):11,.0f} messages/s "
                  f"{median(runs, 'cpu_us'):6.2f} us CPU {median(runs, 'spooled'):11,.0f} spooled",
                  flush=True)
        share = median(beside, "rate") / median(alone, "rate")
        yield Limit(f"alone / beside a stalled one, speed {speed}", 1 / share, 1 / LEAST_SHARE, "x")


def median(runs, field):
    return statistics.median(getattr(run, field) for run in runs)


def outage(bench, options):
    """gives   the limit of the delay"""
    environment = dict(os.environ, HEPTAP_MESSAGES=str(options.waiting),
                       HEPTAP_LIVE_RATE=str(options.live_rate))
    said = subprocess.run([sys.executable, "-B", E2E / "outage_test.py", bench.heptap], check=True,
                          env=environment, stdout=subprocess.PIPE, text=True).stdout
    figures = json.loads(said.splitlines()[-1])
    print(f"outage       {figures['waited']:,} waited an hour, {figures['live']:,} came at "
          f"{figures['live_rate']:,}/s meanwhile: late by {figures['p50_s']} s at p50, "
          f"{figures['p99_s']} s at p99", flush=True)
    return Limit("delay of new messages at p99", figures["p99_s"], MOST_DELAY_S, "s")


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=pathlib.Path, default="build/release", metavar="DIR")
    parser.add_argument("--messages", type=int, default=1_000_000, metavar="N")
    parser.add_argument("--runs", type=int, default=9, metavar="N")
    parser.add_argument("--only", type=some_of(PARTS), default=",".join(PARTS), metavar="LIST",
                        help="some of %(default)s")
    parser.add_argument("--speeds", default="max", metavar="LIST",
                        help="of replay, times real time (default %(default)s)")
    parser.add_argument("--waiting", type=int, default=300_000, metavar="N",
                        help="messages of the outage (default %(default)s)")
    parser.add_argument("--live-rate", type=int, default=25_000, metavar="RATE",
                        help="a tenth of what one worker captures (default %(default)s)")
    options = parser.parse_args()
    options.build = options.build.resolve()
    options.speeds = options.speeds.split(",")
    return options


def main():
    options = parse_arguments()
    bench = Bench(options.build, options.messages)
    limits = list(stalled(bench, options)) if "stalled" in options.only else []
    if "outputs" in options.only:
        outputs(bench, options)
    limits += [outage(bench, options)] if "outage" in options.only else []
    for limit in limits:
        print(f"{'ok' if limit.ok else 'MISSED':7} {limit.what:45} {limit.value:6.3f} "
              f"of at most {limit.most:.3f} {limit.unit}")
    return 0 if all(limit.ok for limit in limits) else 1


if __name__ == "__main__":
    sys.exit(main())
