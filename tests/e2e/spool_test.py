#!/usr/bin/env python3
"""What a collector cannot take waits on disk, whatever ends the process, and arrives later: whole, in the
bytes that it would have had, and twice only where that is bounded. spool_test.py HEPTAP

HEPTAP_KILLS: how often it is killed while it writes, and again while it sends; default 5."""
import os
import random
import re
import shutil
import socketserver
import struct
import sys
import threading
import time

import hep3
from common import (GOLDEN, HEPTAP, Folder, Process, contains, equal, eventually, free_port,
                    replay)

sys.path.insert(0, str(GOLDEN))
import calls  # noqa: E402
import frames  # noqa: E402

MESSAGES = 20_000
KILLS = int(os.environ.get("HEPTAP_KILLS", "5"))
KILLS_A_ROUND = 5
RATE = 10_000
RESENT_BYTES = 65_536
CONFIG = """
collectors:
  - {{url: "tcp://127.0.0.1:{port}", resend_bytes: 64KiB}}
spool: {{directory: {directory}, sync: 100ms, rate: {rate}}}
run: {{stop_wait: 500ms}}
replay: {{wait: {wait}}}
hep: [{{listen: "tcp://127.0.0.1:{listen}"}}]
http: {{listen: "off"}}
security: {{user: nobody}}
"""


class Sink(socketserver.ThreadingTCPServer):
    """Keeps what comes, by connection; what is behind the last frame of one that a kill ended is none."""
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, port):
        self.streams = []
        super().__init__(("127.0.0.1", port), Keeper)
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05},
                         daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()

    def arrived(self):
        return sum(len(stream) for stream in self.streams)

    def frames(self):
        return [bytes(frame) for stream in list(self.streams) for frame in hep3.split(stream)[0]]


class Keeper(socketserver.BaseRequestHandler):
    def handle(self):
        stream = bytearray()
        self.server.streams.append(stream)
        try:
            while data := self.request.recv(1 << 16):
                stream += data
        except ConnectionResetError:
            pass


class Scene:
    """A folder with a capture, and a collector's port where nobody listens yet."""

    def __init__(self, folder, messages=MESSAGES, wait="30s", directory=None):
        self.folder, self.port, self.listen = folder, free_port(), free_port()
        self.name = f"tcp://127.0.0.1:{self.port}"
        self.capture, self.one = folder / "many.pcap", folder / "one.pcap"
        make_capture(self.capture, messages)
        make_capture(self.one, 1)
        self.directory = directory or folder / "spool"
        self.config = folder / "heptap.yaml"
        self.config.write_text(CONFIG.format(port=self.port, directory=self.directory, rate=RATE,
                                             wait=wait, listen=self.listen))
        self.collector_folder = self.directory / f"tcp%3A%2F%2F127.0.0.1%3A{self.port}"
        os.chmod(folder.name, 0o755)

    def replay(self, capture, *flags, expect=0):
        return replay(capture, "-c", self.config, *flags, expect=expect)

    def start(self, capture, node, speed="max"):
        return Process(HEPTAP, "replay", capture, "-c", self.config, "--node-id", node,
                       "--speed", speed)

    def run(self, *before):
        process = Process(*before, HEPTAP, "run", "-c", self.config)
        eventually("the source listens", lambda: "HEP is received" in process.err or process.ended())
        equal("it runs, and said " + process.err, process.ended(), False)
        return process

    def feed(self, capture, node=1):
        replay(capture, "--to", f"tcp://127.0.0.1:{self.listen}", "--node-id", node)

    def baseline(self):
        """The frames in their order, as they are without a spool."""
        with Sink(free_port()) as sink:
            replay(self.capture, "--to", f"tcp://127.0.0.1:{sink.server_address[1]}", "--node-id", 0)
            return sink.frames()


def make_capture(path, count):
    """`count` messages, no two alike: each has a time of its own."""
    texts = [frames.ethernet(frames.udp(source, destination, text))
             for _, source, destination, text in calls.all_messages(0)]
    path.write_bytes(frames.pcap([(i * 1_000_000, texts[i % len(texts)]) for i in range(count)]))


def of_node(frame, node):
    """The same frame of another node (chunk 0x0c)."""
    at = frame.index(struct.pack(">HHHI", 0, 0x0c, 10, 0))
    return frame[:at + 6] + struct.pack(">I", node) + frame[at + 10:]


def waiting(process):
    found = re.search(r"(\d+) frames of an earlier run wait", process.err)
    return int(found.group(1)) if found else 0


class Kills:
    """Kills while a spool is written and while it is sent, in rounds; each process that writes is a node
    of its own."""

    def __init__(self, scene, seed):
        self.scene, self.random, self.kills = scene, random.Random(seed), 0
        self.expected = scene.baseline()
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
        """gives   the ledger of the one that was left in peace"""
        for _ in range(times):
            with self.scene.start(self.scene.one, node) as process:
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
        largest = times * (RATE // 2 + RESENT_BYTES // min(map(len, self.expected))) + times + 1
        print(f"{2 * times} kills: {whole} frames arrived, {twice} twice, of at most {largest}")
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


def make_writable(directory):
    """For the user that heptap becomes."""
    directory.mkdir()
    directory.chmod(0o777)


def nobody_may_write():
    with Folder() as folder, Sink(free_port()) as sink:
        scene = Scene(folder)
        scene.directory.mkdir(mode=0o555)
        scene.config.write_text(scene.config.read_text().replace(
            str(scene.port), str(sink.server_address[1])))
        with scene.run() as process:
            eventually("it says so", lambda: ": no spool: " in process.err)
            contains("why", process.err, "Permission denied")
            scene.feed(scene.one)
            eventually("the message arrives", lambda: len(sink.frames()) == 1)
            process.stop()


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
    if os.geteuid() != 0 or shutil.which("unshare") is None:
        return print("a full disk is left out: only root can mount one")
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
    two_want_it()
    disk_is_full()
    killed()


if __name__ == "__main__":
    main()
