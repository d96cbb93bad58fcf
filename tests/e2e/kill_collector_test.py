#!/usr/bin/env python3
"""A collector that is killed and restarted in the middle of a replay loses nothing.

kill_collector_test.py HEPTAP [CAPTURE MESSAGES KILLS]: by default a capture that it makes itself.
"""
import hashlib
import pathlib
import struct
import subprocess
import sys
import threading
import time

from common import (GOLDEN, HEPTAP, PATIENCE_S, Folder, equal, eventually, free_port, replay)

sys.path.insert(0, str(GOLDEN))
import calls  # noqa: E402
import frames  # noqa: E402

SINK = pathlib.Path(__file__).parent / "raw_sink.py"


def make_capture(path, count):
    """`count` messages, no two alike."""
    texts = [frames.udp(source, destination, text)
             for _, source, destination, text in calls.all_messages(0)]
    records = [(i * 1_000_000, frames.ethernet(texts[i % len(texts)])) for i in range(count)]
    path.write_bytes(frames.pcap(records))


class KilledSink:
    """A sink that a thread kills and restarts each time that `step` more bytes have come."""

    def __init__(self, folder, kills, step):
        self.folder, self.kills, self.step = folder, kills, step
        self.port, self.killed, self.process = free_port(), 0, None
        self.ending = threading.Event()
        self.start()
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def start(self):
        place = self.folder / f"life-{self.killed}"
        place.mkdir()
        self.process = subprocess.Popen([sys.executable, "-B", str(SINK), str(self.port), str(place)])

    def streams(self):
        return sorted(pathlib.Path(self.folder.name).glob("life-*/*.hep"))

    def arrived(self):
        return sum(path.stat().st_size for path in self.streams())

    def run(self):
        while self.killed < self.kills and not self.ending.is_set():
            if self.arrived() >= (self.killed + 1) * self.step:
                self.process.kill()
                self.process.wait()
                self.killed += 1
                self.start()
            time.sleep(0.001)

    def end(self):
        self.ending.set()
        self.thread.join(PATIENCE_S)
        self.process.kill()
        self.process.wait()


def whole_frames(path, killed):
    """Digests of the frames of one connection; only where it was killed may it end within one."""
    data, at = path.read_bytes(), 0
    while at + 6 <= len(data):
        magic, size = struct.unpack_from("!4sH", data, at)
        equal(f"{path.name}: start of a frame at byte {at}", magic, b"HEP3")
        if at + size > len(data):
            break
        yield hashlib.blake2b(data[at:at + size], digest_size=8).digest()
        at += size
    if not killed:
        equal(f"{path}: bytes behind the last frame", data[at:], b"")


def check(capture, messages, kills):
    with Folder() as folder:
        sink = KilledSink(folder, kills, capture.stat().st_size // (kills + 1))
        try:
            done = replay(capture, "--to", f"tcp://127.0.0.1:{sink.port}")
            eventually("the last bytes are kept", lambda: sink.arrived() > 0)
        finally:
            sink.end()
        equal("kills", sink.killed, kills)
        arrived = [frame for path in sink.streams()
                   for frame in whole_frames(path, killed=path.parent.name != f"life-{kills}")]
        ledger = done.ledger["collectors"][0]
        duplicates = len(arrived) - len(set(arrived))
        print(f"{kills} kills: {ledger}, {len(arrived)} frames arrived, {duplicates} twice")
        equal("sent", (ledger["entered"], ledger["sent"], ledger["lost"]),
              (messages, messages, {}))
        equal("distinct frames", len(set(arrived)), messages)
        if duplicates > ledger.get("resent", 0):
            sys.exit(f"{duplicates} frames came twice, only {ledger.get('resent')} were resent")


def main():
    if len(sys.argv) > 2:
        return check(pathlib.Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
    with Folder() as folder:
        make_capture(folder / "many.pcap", 60_000)
        return check(folder / "many.pcap", 60_000, 3)


if __name__ == "__main__":
    assert HEPTAP
    main()
