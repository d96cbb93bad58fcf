#!/usr/bin/env python3
"""What a collector cannot take waits on disk, whatever ends the process, and arrives later: whole, in the
bytes that it would have had, and twice only where that is bounded. spool_test.py HEPTAP [CLOCK_STEP]

HEPTAP_KILLS: how often it is killed while it writes, and again while it sends; default 5."""
import os
import random
import re
import shutil
import struct
import sys
import time

import hep3
from common import Folder, contains, equal, eventually, free_port, run
from spool_scene import (MESSAGES, RATE, RESENT_BYTES, Scene, Sink, make_capture, make_writable,
                         of_node)

KILLS = int(os.environ.get("HEPTAP_KILLS", "5"))
KILLS_A_ROUND = 5
ON_THE_WAY = RATE // 5  # in two tenths of a second
DAY_S = 86_400
RING_BYTES = 8 << 20  # of what sends a spool: on the way at full speed


def waiting(process):
    found = re.search(r"(\d+) frames of an earlier run wait", process.err)
    return int(found.group(1)) if found else 0


class Kills:
    """Kills while a spool is written and while it is sent, in rounds; each process that writes is a node
    of its own."""

    def __init__(self, scene, seed):
        self.scene, self.random, self.kills = scene, random.Random(seed), 0
        self.expected = scene.baseline()
        self.slow = scene.folder / "slow.pcap"
        make_capture(self.slow, 2, apart_ns=3_600_000_000_000)
        equal("frames of the baseline", len(set(self.expected)), MESSAGES)

    def while_writing(self, nodes):
        """gives   how many frames were on disk; never fewer than a run before has found"""
        before = 0
        for node in nodes:
            speed, lasts = self.random.choice([("max", 0.5), (10, 2.5)])
            with self.scene.start(self.scene.capture, node, speed) as process:
                time.sleep(self.random.uniform(0, lasts))
                now = waiting(process)
                process.process.kill()
                process.process.wait()
            self.kills += 1
            if now == 0:  # killed before it had looked
                continue
            if now < before:
                sys.exit(f"{before} frames were on disk, and a kill later {now}")
            before = now
        return before

    def while_sending(self, sink, node, times):
        """Beside live messages, of which the second never comes, the spool has its rate; the last one
        sends nothing else, as fast as it goes.

        gives   the ledger of the one that was left in peace"""
        for number in range(times):
            capture, speed = (self.slow, "1") if number + 1 < times else (self.scene.one, "max")
            with self.scene.start(capture, node, speed) as process:
                before = sink.arrived()
                eventually("it sends", lambda: sink.arrived() > before or process.ended())
                time.sleep(self.random.uniform(0, 0.5))
                process.process.kill()
                process.process.wait()
            self.kills += 1
        return self.scene.replay(self.scene.one, "--node-id", node)

    def round(self, number, times):
        nodes = range(number * 100 + 1, number * 100 + 1 + times)
        on_disk = self.while_writing(nodes)
        with Sink(self.scene.port) as sink:
            done = self.while_sending(sink, number * 100 + 99, times)
            arrived = sink.frames()
        spool = done.ledger["spools"][0]
        equal("what is left in the spool", (spool["held"], spool["lost"]), (0, {}))
        equal("files of segments", list(self.scene.collector_folder.glob("*.spool")), [])
        equal("files put aside", list(self.scene.collector_folder.glob("*.bad")), [])
        self.judge(arrived, nodes, number * 100 + 99, on_disk, times)

    def judge(self, arrived, nodes, last, on_disk, times):
        distinct = set(arrived)
        whole = 0
        for node in nodes:
            mine = [of_node(frame, node) for frame in self.expected]
            count = len(distinct.intersection(mine))
            equal(f"the first {count} of node {node} arrived, and no others",
                  distinct.issuperset(mine[:count]), True)
            distinct.difference_update(mine)
            whole += count
        equal("what was sent, besides", {hep3.decode(frame).node_id for frame in distinct}, {last})
        equal("its message", len(distinct), 1)
        if whole < on_disk:
            sys.exit(f"{on_disk} frames were on disk, and {whole} arrived")
        twice = len(arrived) - len(set(arrived))
        smallest = min(map(len, self.expected))
        largest = times * (ON_THE_WAY + RESENT_BYTES // smallest) + RING_BYTES // smallest
        print(f"{2 * times} kills: {whole} frames arrived, {twice} twice, of at most {largest}",
              flush=True)
        if twice > largest:
            sys.exit(f"{twice} frames came twice")


def killed():
    with Folder() as folder:
        kills = Kills(Scene(folder), "spool")
        for number, first in enumerate(range(0, KILLS, KILLS_A_ROUND)):
            kills.round(number, min(KILLS_A_ROUND, KILLS - first))
        print(f"{kills.kills} kills in all")


def replay_leaves_it():
    """Nobody is there: all waits, and the next one brings it."""
    with Folder() as folder:
        scene = Scene(folder, wait="500ms")
        done = scene.replay(scene.capture)
        contains("it says where", done.err,
                 f"{scene.name}: {MESSAGES:,} messages wait in {scene.collector_folder}")
        contains("the ledger", done.err, f"  {scene.name} spool {MESSAGES:,} = 0 sent + {MESSAGES:,} held\n")
        with Sink(scene.port) as sink:
            done = scene.replay(scene.one, "--node-id", 2)
            equal("all arrives", len(set(sink.frames())), MESSAGES + 1)
        spool = done.ledger["spools"][0]
        equal("found", (spool["joined"], spool["held"]), (MESSAGES, 0))


def run_is_told_to_stop():
    with Folder() as folder:
        scene = Scene(folder)
        make_writable(scene.directory)
        with scene.run() as process:
            scene.feed(scene.capture)
            process.stop()
            contains("it says what waits", process.err, f"{scene.name}: {MESSAGES:,} messages wait in ")
            contains("the ledger", process.err, "adds up")
        with Sink(scene.port) as sink, scene.run() as process:
            eventually("all arrives", lambda: len(set(sink.frames())) == MESSAGES)
            process.stop()
            contains("the ledger", process.err,
                     f"{scene.name} spool {MESSAGES:,} ({MESSAGES:,} of an earlier run)")


def nobody_may_write():
    with Folder() as folder, Sink(free_port()) as sink:
        scene = Scene(folder)
        scene.directory.mkdir(mode=0o555)
        scene.config.write_text(scene.config.read_text().replace(
            str(scene.port), str(sink.server_address[1])))
        with scene.run() as process:
            eventually("it says so", lambda: ": no spool: " in process.err)
            contains("why", process.err, "Permission denied to uid ")
            scene.feed(scene.one)
            eventually("the message arrives", lambda: len(sink.frames()) == 1)
            process.stop()


def belongs_to_root():
    """What root has replayed, the daemon may not read; it looks again until it may."""
    if os.geteuid() != 0:
        return print("a wrong owner is left out: only root can be one")
    with Folder() as folder:
        scene = Scene(folder, wait="500ms")
        scene.replay(scene.capture)
        with scene.run() as process:
            eventually("it says so", lambda: ": no spool: " in process.err)
            contains("why", process.err, "Permission denied to uid ")
            scene.feed(scene.one, node=2)
            for path in (scene.directory, scene.collector_folder, *scene.collector_folder.iterdir()):
                shutil.chown(path, "nobody")
            eventually("it can be used", lambda: "the spool can be used" in process.err)
            ends_well(scene, process, MESSAGES + 1)
    return None


def can_mount():
    """In a namespace of its own, which not every root may make."""
    return shutil.which("unshare") is not None and run("unshare", "--mount", "true").status == 0


def is_read_only():
    """The disk is; then it is no more."""
    if not can_mount():
        return print("a disk that is read-only is left out: none can be mounted here")
    with Folder() as folder:
        scene = Scene(folder)
        make_writable(scene.directory)
        mount = f"mount -t tmpfs -o ro,mode=777 none {scene.directory} && exec \"$@\""
        with scene.run("unshare", "--mount", "sh", "-c", mount, "sh") as process:
            eventually("it says so", lambda: ": no spool: " in process.err)
            contains("why", process.err, "Read-only file system")
            scene.feed(scene.capture)
            equal("what is refused", run("nsenter", "--mount", "--target", process.process.pid, "mount",
                                         "-o", "remount,rw", scene.directory).status, 0)
            eventually("it can be used", lambda: "the spool can be used" in process.err)
            ends_well(scene, process, MESSAGES)
    return None


def ends_well(scene, process, count):
    """All arrives, nothing is lost."""
    with Sink(scene.port) as sink:
        eventually("all arrives", lambda: len(set(sink.frames())) == count)
        process.stop()
    contains("the ledger", process.err, "adds up")
    equal("what is lost, it said " + process.err, "lost: " in process.err, False)


def clock_is_set(library):
    """By days, while messages wait that may do so for an hour: only at the start the time of day counts."""
    with Folder() as folder:
        scene = Scene(folder)
        make_writable(scene.directory)
        scene.config.write_text(scene.config.read_text().replace("spool: {", "spool: {age: 1h, "))
        step = folder / "step"
        preloaded = ("env", f"LD_PRELOAD={library}", f"CLOCK_STEP={step}",
                     "ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0")
        step.write_bytes(struct.pack("q", 0))
        with scene.run(*preloaded) as process:
            for node, days in enumerate((3, -3, 0), 1):
                scene.feed(scene.capture, node=node)
                time.sleep(1.5)  # files are looked at meanwhile
                with open(step, "r+b") as file:
                    file.write(struct.pack("q", days * DAY_S))
            process.stop()
            contains("all waits", process.err, f"{3 * MESSAGES:,} messages wait in ")
        with scene.run(*preloaded) as process:
            ends_well(scene, process, 3 * MESSAGES)
    print("the clock is set by days: nothing is lost")


def two_want_it():
    with Folder() as folder:
        scene = Scene(folder)
        make_writable(scene.directory)
        with Sink(scene.port) as sink, scene.run() as process:
            eventually("it has its spool", (scene.collector_folder / "lock").exists)
            done = scene.replay(scene.capture)
            contains("the second one says so", done.err,
                     f"{scene.name}: no spool: {scene.collector_folder} is in use, by another process")
            equal("and sends what it has", len(set(sink.frames())), MESSAGES)
            process.stop()


def disk_is_full():
    """In a mount namespace of its own; its files are reached through the process."""
    if not can_mount():
        return print("a full disk is left out: none can be mounted here")
    with Folder() as folder:
        scene = Scene(folder)
        make_writable(scene.directory)
        mount = f"mount -t tmpfs -o size=4m,mode=777 none {scene.directory} && " \
                f"head -c 4000000 /dev/zero > {scene.directory}/filler && exec \"$@\""
        with scene.run("unshare", "--mount", "sh", "-c", mount, "sh") as process:
            scene.feed(scene.capture, node=1)
            eventually("it says so", lambda: "No space left on device" in process.err)
            equal("it lives", process.ended(), False)
            os.remove(f"/proc/{process.process.pid}/root{scene.directory}/filler")
            eventually("it can write again", lambda: fed(scene, process))
            with Sink(scene.port) as sink:
                eventually("what came later arrives", lambda: arrived_from(sink, 2))
                process.stop()
                equal("what arrives", {hep3.decode(frame).node_id for frame in sink.frames()} <= {1, 2},
                      True)
            contains("the losses", process.err, " lost: disk")
            contains("the ledger", process.err, "adds up")
    return None


def fed(scene, process):
    scene.feed(scene.one, node=2)
    return "the spool can be written again" in process.err


def arrived_from(sink, node):
    return any(hep3.decode(frame).node_id == node for frame in sink.frames())


def main():
    replay_leaves_it()
    run_is_told_to_stop()
    nobody_may_write()
    belongs_to_root()
    is_read_only()
    if len(sys.argv) > 2:
        clock_is_set(sys.argv[2])
    two_want_it()
    disk_is_full()
    killed()


if __name__ == "__main__":
    main()
