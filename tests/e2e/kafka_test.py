#!/usr/bin/env python3
"""Records of Kafka: those of replay and of run, of each call in one partition, and none lost where brokers
go away.
kafka_test.py HEPTAP KAFKA_CLUSTER"""
import collections
import json
import subprocess
import sys
from typing import NamedTuple

from common import (GOLDEN, HEPTAP, Collector, Folder, Process, contains, equal, eventually,
                    free_port, replay, run, same_items)

sys.path.insert(0, str(GOLDEN))
import calls  # noqa: E402
import frames  # noqa: E402

KAFKA_CLUSTER = sys.argv[2]
CALLS = 40
MESSAGES = CALLS * 7
START_US = 1_700_000_000_000_000
CALLER, CALLEE = ("192.0.2.10", 5060), ("192.0.2.20", 5060)
JSON_CONFIG = """
collectors:
  - url: {url}
    kafka: {{format: json, properties: {{linger.ms: 20, compression.codec: zstd}}}}
"""
RUN_CONFIG = """
collectors:
  - name: lake
    url: {url}
    kafka: {{properties: {{reconnect.backoff.ms: 10, reconnect.backoff.max.ms: 100}}}}
hep: [{{listen: "tcp://127.0.0.1:{listen}"}}]
run: {{stop_wait: 5s}}
spool: {{directory: {spool}}}
http: {{listen: "off"}}
security: {{user: nobody}}
"""


class Record(NamedTuple):
    partition: int
    time_ms: int
    key: bytes
    value: bytes


class Cluster:
    """Brokers, and what a consumer reads of the topic `sip`."""

    def __init__(self, folder):
        self.out_path = folder / "records"
        with open(self.out_path, "wb") as out:
            self.process = subprocess.Popen([KAFKA_CLUSTER], stdin=subprocess.PIPE, stdout=out)
        eventually("the cluster is there", self._lines)
        self.url = f"kafka://{self._lines()[0]}/sip"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()

    def _lines(self):
        text = self.out_path.read_text()
        return text[:text.rfind("\n") + 1].splitlines()

    def tell(self, command):
        self.process.stdin.write(command + b"\n")
        self.process.stdin.flush()

    def records(self):
        rows = [line.split(" ") for line in self._lines()[1:]]
        return [Record(int(partition), int(time_ms), bytes.fromhex(key), bytes.fromhex(value))
                for partition, time_ms, key, value in rows]

    def wait_for(self, count):
        eventually(f"{count} records arrive", lambda: len(self.records()) >= count)
        return self.records()


def make_capture(path):
    timed = []
    for i in range(CALLS):
        for time_us, source, destination, text in calls.answered(CALLER, CALLEE, f"c{i}@kafka",
                                                                 START_US + i):
            timed.append((time_us * 1000, frames.ethernet(frames.udp(source, destination, text))))
    timed.sort(key=lambda one: one[0])
    path.write_bytes(frames.pcap(timed))
    return sorted(time_ns // 10**6 for time_ns, _ in timed)


def check_partitions(records):
    partitions = collections.defaultdict(set)
    for one in records:
        partitions[one.key].add(one.partition)
    equal("keys are Call-IDs", set(partitions), {f"c{i}@kafka".encode() for i in range(CALLS)})
    equal("a call has one partition", {len(of) for of in partitions.values()}, {1})
    equal("partitions share the calls", len(set.union(*partitions.values())) > 1, True)


def replayed_as_hep(folder, times_ms):
    with Cluster(folder) as cluster:
        done = replay(folder / "calls.pcap", "--to", cluster.url)
        records = cluster.wait_for(MESSAGES)
        equal("records", len(records), MESSAGES)
        equal("they are HEP", {one.value[:4] for one in records}, {b"HEP3"})
        equal("they have the times of packets", sorted(one.time_ms for one in records), times_ms)
        check_partitions(records)
        contains("the summary", done.out + done.err, cluster.url)


def replayed_as_json(folder):
    collector = Collector()
    replay(folder / "calls.pcap", "--to", collector.url)
    collector.wait_for(MESSAGES)
    with Cluster(folder) as cluster:
        config = folder / "json.yaml"
        config.write_text(JSON_CONFIG.format(url=cluster.url))
        replay("-c", config, folder / "calls.pcap")
        records = cluster.wait_for(MESSAGES)
        same_items("records are what collect prints",
                   [json.dumps(json.loads(one.value), sort_keys=True) for one in records],
                   [json.dumps(one, sort_keys=True) for one in collector.lines()])
        check_partitions(records)
    collector.stop()


def no_cluster(folder):
    config = folder / "wait.yaml"
    config.write_text("replay: {wait: 500ms}\n")
    done = run(HEPTAP, "replay", "-c", config, "--to", f"kafka://127.0.0.1:{free_port()}/sip",
               folder / "calls.pcap")
    equal("replay without brokers fails", done.status == 0, False)
    contains("it says why", done.err, "Connection refused")


def run_and_spool(folder):
    """Under seccomp, without privileges: brokers go away and come back."""
    listen = free_port()
    spool = folder / "spool"
    spool.mkdir(mode=0o777)
    spool.chmod(0o777)
    folder_of_all = spool.parent
    folder_of_all.chmod(0o755)
    with Cluster(folder) as cluster:
        config = folder / "run.yaml"
        config.write_text(RUN_CONFIG.format(url=cluster.url, listen=listen, spool=spool))
        with Process(HEPTAP, "run", "-c", config) as agent:
            eventually("the source listens",
                       lambda: "HEP is received" in agent.err or agent.ended())
            eventually("brokers are there", lambda: "lake: up" in agent.err)
            replay(folder / "calls.pcap", "--to", f"tcp://127.0.0.1:{listen}")
            cluster.wait_for(MESSAGES)
            cluster.tell(b"down")
            eventually("brokers are gone", lambda: "Connection refused" in agent.err)
            replay(folder / "calls.pcap", "--to", f"tcp://127.0.0.1:{listen}")
            cluster.tell(b"up")
            cluster.wait_for(2 * MESSAGES)
            cluster.tell(b"down")
            replay(folder / "calls.pcap", "--to", f"tcp://127.0.0.1:{listen}")
            agent.stop()
        cluster.tell(b"up")
        with Process(HEPTAP, "run", "-c", config) as agent:
            distinct = 3 * MESSAGES
            eventually("what was spooled at the end arrives in the next run",
                       lambda: len(cluster.records()) >= distinct or agent.ended())
            agent.stop()
        equal("each message was sent three times, at least",
              min(collections.Counter(one.value for one in cluster.records()).values()) >= 3, True)


def main():
    with Folder() as folder:
        times_ms = make_capture(folder / "calls.pcap")
        replayed_as_hep(folder, times_ms)
        replayed_as_json(folder)
        no_cluster(folder)
        run_and_spool(folder)


main()
