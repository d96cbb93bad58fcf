"""What the end-to-end tests share: processes that always end, frames that arrived, and the ledger.

Every test gets the heptap binary as its first argument, talks on loopback only, and asks the system
for free ports, so tests can run side by side.
"""
import csv
import json
import os
import pathlib
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from typing import NamedTuple

PROJECT = pathlib.Path(__file__).resolve().parent.parent.parent
GOLDEN = PROJECT / "tests" / "golden"
HEPTAP = sys.argv[1] if len(sys.argv) > 1 else "heptap"
SKIPPED = 77
SIP, RTCP = 1, 5  # payload types of HEP
PATIENCE_S = 30


class Message(NamedTuple):
    """One SIP message as an oracle and a collector can both name it."""
    time: str  # seconds.microseconds
    source: str
    source_port: int
    destination: str
    destination_port: int
    payload: bytes


def skip(why):
    print("skipped:", why)
    sys.exit(SKIPPED)


def need(*programs):
    for program in programs:
        if shutil.which(program) is None:
            skip(f"{program} is not installed")


def equal(what, got, want):
    if got != want:
        sys.exit(f"{what}\n   got: {got!r}\n  want: {want!r}")


def contains(what, text, part):
    if part not in text:
        sys.exit(f"{what}: {part!r} is not in\n{text}")


def same_items(what, got, want):
    """Lists that must hold the same, in any order; says what differs, not everything."""
    missing, surplus = list(want), []
    for item in got:
        if item in missing:
            missing.remove(item)
        else:
            surplus.append(item)
    if missing or surplus:
        sys.exit(f"{what}: {len(missing)} missing, {len(surplus)} too much\n"
                 f"  missing: {missing[:2]!r}\n  too much: {surplus[:2]!r}")


def rows_of(path):
    """A table with a header line and tabs between."""
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def eventually(what, condition):
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        if condition():
            return
        time.sleep(0.02)
    sys.exit(f"{what}: not within {PATIENCE_S} s")


def is_sanitized():
    """heptap's memory is the sanitizer's then, and judged by nobody."""
    return b"san.so" in pathlib.Path(HEPTAP).read_bytes()


def free_port(kind=socket.SOCK_STREAM):
    """Below those that the kernel gives to whoever asks for any meanwhile."""
    while True:
        port = random.randrange(20000, 32768)
        with socket.socket(socket.AF_INET, kind) as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


class Folder(tempfile.TemporaryDirectory):
    def __truediv__(self, name):
        return pathlib.Path(self.name) / name

    def __enter__(self):
        return self


class Process:
    """A program in the background. Its output goes to files; leaving the block ends it and every
    process it has started."""

    def __init__(self, *command):
        self.folder = Folder()
        self.out_path, self.err_path = self.folder / "out", self.folder / "err"
        with open(self.out_path, "wb") as out, open(self.err_path, "wb") as err:
            self.process = subprocess.Popen([str(word) for word in command], stdout=out, stderr=err,
                                            stdin=subprocess.DEVNULL, start_new_session=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()
        self.folder.cleanup()

    @property
    def err(self):
        return self.err_path.read_text(errors="replace")

    def ended(self):
        return self.process.poll() is not None

    def listens_on(self):
        """Waits until it says where it listens. gives   the URL"""
        def said():
            return re.search(r"listening on (\S+)\n", self.err)
        eventually("it listens", lambda: said() or self.ended())
        if not said():
            sys.exit(f"{self.process.args} ended: {self.err}")
        return said().group(1)

    def stop(self, expect=0):
        self.process.terminate()
        equal(f"exit code of {self.process.args}, which said {self.err[-2000:]}",
              self.process.wait(PATIENCE_S), expect)


class Collector(Process):
    """`heptap collect`, printing JSON. within: what runs it elsewhere, see netns.py."""

    def __init__(self, url="tcp://127.0.0.1:0", *flags, within=()):
        super().__init__(*within, HEPTAP, "collect", "--listen", url, "--out", "json", *flags)
        self.url = self.listens_on()

    def lines(self):
        text = self.out_path.read_text()
        return [json.loads(line) for line in text[:text.rfind("\n") + 1].splitlines()]

    def wait_for(self, count):
        eventually(f"{count} frames arrive", lambda: len(self.lines()) >= count)

    def messages(self):
        """Those of SIP."""
        return [as_message(frame) for frame in self.lines() if frame.get("type") == SIP]


def as_message(frame):
    payload = bytes.fromhex(frame["payload_hex"]) if "payload_hex" in frame \
        else frame["payload"].encode()
    return Message(frame["time"], frame["src"], frame["src_port"], frame["dst"], frame["dst_port"],
                   payload)


class Run(NamedTuple):
    status: int
    out: str
    err: str
    ledger: dict


def run(*command, stdin=None):
    done = subprocess.run([str(word) for word in command], capture_output=True, input=stdin,
                          timeout=300, check=False)
    return Run(done.returncode, done.stdout.decode(errors="replace"),
               done.stderr.decode(errors="replace"), {})


def replay(*arguments, expect=0, stdin=None):
    """`heptap replay`; its ledger must add up, whatever happens."""
    with Folder() as folder:
        path = folder / "ledger.json"
        done = run(HEPTAP, "replay", *arguments, "--ledger-json", path, stdin=stdin)
        equal(f"exit code of replay {arguments}, which said {done.err}", done.status, expect)
        if not path.is_file():
            return done
        ledger = json.loads(path.read_text())
        equal(f"ledger adds up: {ledger}", ledger["adds_up"], True)
        return done._replace(ledger=ledger)


def dropped(ledger, stage):
    return next(row["dropped"] for row in ledger["stages"] if row["name"] == stage)


def tshark(capture, display_filter, *fields, occurrence="f"):
    """A list of fields for each packet, as tshark sees it: of a field that is there several times
    the first, the last (l) or all (a) with commas between."""
    command = ["tshark", "-r", str(capture), "-Y", display_filter, "-T", "fields",
               "-E", f"occurrence={occurrence}"]
    for field in fields:
        command += ["-e", field]
    done = subprocess.run(command, capture_output=True, check=True, timeout=PATIENCE_S)
    return [line.split("\t") for line in done.stdout.decode().splitlines()]


def sip_of(capture):
    """The SIP of a capture in the eyes of tshark."""
    rows = tshark(capture, "sip && udp", "frame.time_epoch", "ip.src", "ipv6.src", "udp.srcport",
                  "ip.dst", "ipv6.dst", "udp.dstport", "udp.payload")
    return [Message(row[0][:-3], row[1] or row[2], int(row[3]), row[4] or row[5], int(row[6]),
                    bytes.fromhex(row[7])) for row in rows]
